"""Which designs of a folder hold? Every rule that needs no solve, over all of them in well under a second; for a CI job of your own."""

import sys
from pathlib import Path

from packtool.design.load import load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.rules.judge import judge
from packtool.rules.records import Evidence

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "templates"

worst = 0
for path in sorted(FOLDER.glob("*.yaml")):
    try:
        loaded = load_design(path)
    except DesignError as error:
        print(f"{path.name}: not a valid design\n{error}")
        worst = max(worst, int(error.exit_code))
        continue
    verdict = judge(Evidence(loaded, lay_out(loaded)))
    worst = max(worst, int(verdict.exit_code))
    print(f"{path.name}: {'holds' if verdict.passes else 'fails'}")
    for finding in verdict.findings:
        if not finding.holds:
            print(f"  {finding.severity} {finding.rule} at {finding.file}:{finding.line}: {finding.message}")
sys.exit(worst)
