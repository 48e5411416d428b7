"""What does another cell do to the bus pack? Change the one line, see what no longer holds, change what must follow, see that it holds."""

from pathlib import Path

from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import layout_results
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence

BUS = Path(__file__).parents[1] / "templates" / "bus-lfp.yaml"
SWAPS = {  # the design's keys that change; `packtool cells` lists the cells and what is known of them
    "as shipped": (),
    "EVE LF280K, only the cell": ("cell=eve-lf280k",),
    "EVE LF280K, 12 in a row": ("cell=eve-lf280k", "electrical.series=48", "arrangement.cells_per_row=12"),
}

for title, sets in SWAPS.items():
    loaded = load_design(BUS, sets)
    layout = lay_out(loaded)
    known = ResultSet(tuple(layout_results(loaded, layout)))
    verdict = judge(Evidence(loaded, layout, None))
    size = {name: result for name in ("energy.pack", "mass.pack") if (result := known.find(name))}
    figures = ", ".join(f"{name} {result.value:.1f} {result.unit}" for name, result in size.items())
    print(f"{title}: {'holds' if verdict.passes else 'fails'}; {figures}")
    for finding in verdict.findings:
        if finding.severity == "error" and not finding.holds:
            print(f"  {finding.rule}: {finding.value:.0f} {finding.unit}, limit {finding.limit:.0f}")
