"""What can go wrong, and the exit code each kind maps to.

PacktoolError
├── UsageError          2   the command line cannot be carried out as given
├── DesignError         2   the design file is wrong; carries every complaint with its place
├── MissingPart         3   something is not installed; carries the line that mends it
└── StageError          4   a stage could not give its result
    ├── LayoutError         the layout was given counts that do not come out
    ├── CadError
    ├── MeshError           MeshTooLarge where it does not fit the memory
    ├── SolveError          refused before or during a solve (singular problem, range of a correlation left); SolveTooLarge
    └── NotConverged        an iteration stopped before its tolerance
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees; scripts and CI rely on these."""

    HOLDS = 0
    RULE_FAILS = 1
    USAGE = 2
    NOT_INSTALLED = 3
    STAGE_FAILED = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with an input file, and where.

    Attributes: ``file`` as the user gave it; ``line`` and ``column`` count from 1 (0: no place in the file, e.g. ``--set``);
    ``key`` is the dotted path (``cold_plate.passes``), may be empty; ``message`` says what is wrong and what is allowed.
    """

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class PacktoolError(Exception):
    """Anything that packtool tells its user instead of a traceback."""

    exit_code = ExitCode.STAGE_FAILED


class UsageError(PacktoolError):
    """The command line, or an argument of the Python API, cannot be carried out as given."""

    exit_code = ExitCode.USAGE


class DesignError(PacktoolError):
    """The design file is wrong. ``complaints`` holds all that was found, in the order of the file."""

    exit_code = ExitCode.USAGE

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))

    def __reduce__(self) -> tuple[type[DesignError], tuple[tuple[Complaint, ...]]]:
        return type(self), (self.complaints,)


class MissingPart(PacktoolError):
    """Something that this command needs is not installed; ``mend`` is the one line that installs it."""

    exit_code = ExitCode.NOT_INSTALLED

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}\n  mend it with: {mend}")

    def __reduce__(self) -> tuple[type[MissingPart], tuple[str, str]]:
        return type(self), (self.what, self.mend)


class StageError(PacktoolError):
    """A stage could not give its result. ``key``: of the design (``cold_plate.flow_lpm``), where one alone is to be changed; else empty."""

    def __init__(self, *words: object, key: str = "") -> None:
        super().__init__(*words)
        self.key = key


@contextmanager
def told_of(case: str) -> Iterator[None]:
    """What a stage cannot do for a ``case`` begins with its name."""
    try:
        yield
    except StageError as refused:
        refused.args = (f"case {case}: {refused}",)
        raise


class LayoutError(StageError):
    """The layout was given counts that do not come out (a design that the loader has not checked)."""


class CadError(StageError):
    """The CAD kernel made no valid solid or file."""


class MeshError(StageError):
    """The mesh is missing a part, or is worse than the limits allow."""


class SolveError(StageError):
    """A solve was refused: a property is missing, the problem is singular, or a correlation is outside its range."""


class TooLarge(StageError):
    """It does not fit the memory: it needs ``times`` what is free."""

    times: float = math.inf


class MeshTooLarge(MeshError, TooLarge):
    """A mesh that was not made."""


class SolveTooLarge(SolveError, TooLarge):
    """A solve that was not begun."""


class NotConverged(StageError):
    """An iteration stopped before its tolerance; no result is returned."""
