"""The bus template with settings over it, judged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import packtool
from packtool.design.load import load_design
from packtool.design.loaded import LoadedDesign
from packtool.layout.lay_out import lay_out
from packtool.layout.records import Layout
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence, Finding, Verdict

BUS = Path(packtool.__file__).parents[1] / "templates" / "bus-lfp.yaml"


@cache
def laid_out(*sets: str) -> tuple[LoadedDesign, Layout]:
    """The template with these settings; made once, for records do not change."""
    loaded = load_design(BUS, sets)
    return loaded, lay_out(loaded)


def verdict_of(*sets: str, results: ResultSet | None = None) -> Verdict:
    """What all rules find."""
    return judge(Evidence(*laid_out(*sets), results))


def findings_of(rule: str, *sets: str, results: ResultSet | None = None) -> list[Finding]:
    """What one rule finds."""
    return [finding for finding in verdict_of(*sets, results=results).findings if finding.rule == rule]
