"""What a rule is given and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from packtool.design.loaded import LoadedDesign
from packtool.errors import ExitCode
from packtool.layout.properties import Weighed
from packtool.layout.records import Layout
from packtool.results import ResultSet

Severity = Literal["error", "warning", "note"]
Sense = Literal["at most", "at least", ""]
Subject = Literal["geometry", "electrical", "thermal", "coolant", "data"]


class NotChecked(Exception):
    """Raised by a rule that cannot speak of this design; the text is the reason, for the report's list of what was not checked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one thing.

    ``holds`` is True only where value + error keeps the limit. ``value``, ``error``, ``limit`` in ``unit``, None where the rule has
    no number; ``key`` is the design key it speaks of and ``file``, ``line``, ``column`` its place; ``part`` and ``case`` narrow it;
    ``sense``: which side of the limit the value has to be on.
    """

    rule: str
    severity: Severity
    holds: bool
    message: str
    value: float | None = None
    error: float | None = None
    limit: float | None = None
    unit: str = ""
    key: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    part: str | None = None
    case: str | None = None
    sense: Sense = ""

    def as_dict(self) -> dict[str, Any]:
        """The row of results.json."""
        return asdict(self)


@dataclass(frozen=True)
class Evidence:
    """What the rules look at; ``results`` is None before a solve, then only the rules that need none run.

    ``left_out_cases``: cases of the design that were not asked for (``--case``); the verdict says so. ``weighed``: by the CAD, where it ran.
    ``untouched``: parts from STEP files that the mesh leaves out, since they touch nothing.
    """

    loaded: LoadedDesign
    layout: Layout
    results: ResultSet | None = None
    left_out_cases: tuple[str, ...] = ()
    weighed: Weighed | None = None
    untouched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule: ``id`` as in ``thermal.cell-max``, one line of what it asks, whether it needs a solve, where its numbers come from.

    ``default`` is the limit that applies where the design gives none (None: the rule is then not checked and says so).
    """

    id: str
    subject: Subject
    asks: str
    needs_solve: bool
    source: str
    check: Callable[[Evidence], Iterable[Finding]]
    default: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Verdict:
    """All findings, what was not checked and why (rule id -> reason)."""

    findings: tuple[Finding, ...]
    not_checked: Mapping[str, str]

    @property
    def passes(self) -> bool:
        """No finding of severity error fails to hold."""
        return not self.failing

    @property
    def failing(self) -> tuple[str, ...]:
        """The rules of severity error that fail, each once, in the order of the findings."""
        return tuple(dict.fromkeys(f.rule for f in self.findings if f.severity == "error" and not f.holds))

    @property
    def exit_code(self) -> ExitCode:
        """0 if it passes, 1 if a rule of severity error fails."""
        return ExitCode.HOLDS if self.passes else ExitCode.RULE_FAILS
