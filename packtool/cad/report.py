"""What the CAD stage hands on: which files, how long, whether the solids are what the layout says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

FindingKind = Literal[
    "invalid_solid", "volume", "interference", "gap", "outside", "outside_imported", "round_trip", "mass_unknown", "import", "import_incomplete", "import_overlap",
    "coarse_stl",
]  # fmt: skip

SEVERITY: Mapping[FindingKind, Literal["warning", "note"]] = {
    "gap": "warning", "mass_unknown": "warning", "import_incomplete": "warning", "import_overlap": "warning", "import": "note", "outside_imported": "note",
    "coarse_stl": "note",
}  # fmt: skip
"""Of kinds that are no errors."""


@dataclass(frozen=True, slots=True)
class CadFinding:
    """Something about the geometry that does not hold, or that is to be known. ``value`` in ``unit`` where there is a number."""

    kind: FindingKind
    parts: tuple[str, ...]
    value: float | None
    unit: str
    message: str

    @property
    def severity(self) -> Literal["error", "warning", "note"]:
        """How much it matters: an error fails the verdict."""
        return SEVERITY.get(self.kind, "error")


@dataclass(frozen=True, slots=True)
class Gap:
    """The smallest distance [mm] ``between`` two kinds of parts that do not touch, and which two they are."""

    between: str
    parts: tuple[str, str]
    mm: float


@dataclass(frozen=True, slots=True)
class ProductVolume:
    """Volume of one piece of a product [mm³], as the kernel integrates it and as the layout has it in closed form."""

    product: str
    parts: int
    cad_mm3: float
    closed_form_mm3: float

    @property
    def relative_difference(self) -> float:
        """Of the CAD volume from the closed form [-]."""
        return self.cad_mm3 / self.closed_form_mm3 - 1


@dataclass(frozen=True)
class CadReport:
    """What was written and found.

    ``files`` as paths relative to the folder, in the order of writing; ``seconds`` by step; ``products`` and ``parts`` are counts;
    ``pairs_near`` the pairs of parts whose boxes overlap, ``pairs_exact`` those of them that boxes alone did not decide; ``mass`` what
    mass.json holds; ``gaps`` the smallest of each kind; ``findings``: no error is among them when all holds, warnings and notes may be.
    """

    name: str
    files: tuple[str, ...]
    seconds: Mapping[str, float]
    products: int
    parts: int
    volumes: tuple[ProductVolume, ...]
    pairs_near: int
    pairs_exact: int
    mass: Mapping[str, Any]
    gaps: tuple[Gap, ...]
    findings: tuple[CadFinding, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-like data."""
        plain = asdict(self)
        return plain | {
            "files": list(self.files),
            "volumes": [asdict(v) | {"relative_difference": v.relative_difference} for v in self.volumes],
            "gaps": [asdict(gap) | {"parts": list(gap.parts)} for gap in self.gaps],
            "findings": [asdict(f) | {"parts": list(f.parts), "severity": f.severity} for f in self.findings],
        }
