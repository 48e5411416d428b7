"""A design with what its file says where: records only, the reading is in load.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packtool.catalogue.records import Cell, Coolant, Material
from packtool.design.demand import Demand
from packtool.design.schema import PackDesign
from packtool.design.schema.calibration import PlateCalibration


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands: ``line`` and ``column`` from 1; 0 where it came from ``--set`` or is a default."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class StepFile:
    """The STEP file of one entry of ``parts``: where it stands, and the hash of its content (so that stages run again when it changes)."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class LoadedDesign:
    """A validated design, what it refers to in the catalogue, and the place of every key that the file holds.

    ``cell`` is resolved (catalogue, class defaults, own figures); ``materials`` and ``coolants`` hold every id that the design
    names; ``places`` maps dotted keys (``cold_plate.passes``) to their place; ``data`` is the design as plain JSON-like data with
    defaults filled in (what the stage hashes are made of);
    ``demands``: what each transient case asks of the pack; ``step_files``: of each entry of ``parts``, in their order;
    ``calibration``: what ``cold_plate.calibration`` names.
    """

    design: PackDesign
    cell: Cell
    materials: Mapping[str, Material]
    coolants: Mapping[str, Coolant]
    places: Mapping[str, Place]
    file: str
    data: Mapping[str, Any]
    demands: Mapping[str, Demand] = field(default_factory=dict)
    step_files: tuple[StepFile, ...] = ()
    calibration: PlateCalibration | None = None

    def place(self, key: str) -> Place:
        """The place of ``key``, or of the nearest key above it that the file holds; the file's top if there is none."""
        while key:
            if key in self.places:
                return self.places[key]
            key = key.rpartition(".")[0]
        return Place(self.file, 0, 0)
