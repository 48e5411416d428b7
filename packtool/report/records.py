"""What the renderers are given: a run as one frozen record. The workflow fills it; nothing here is computed but look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from packtool.catalogue.records import Source, Standing
from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.records import Layout
from packtool.results import ResultSet
from packtool.rules.records import Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """One design file after the rules: what ``check`` and ``run`` print in every format.

    ``file`` as the user gave it; ``name`` of the design. ``verdict`` is None where the file itself is wrong; ``complaints`` then
    says why, with places.
    """

    file: str
    name: str
    verdict: Verdict | None
    complaints: tuple[Complaint, ...] = ()

    @property
    def passes(self) -> bool:
        """The design is valid and no rule of severity error fails."""
        return self.verdict is not None and self.verdict.passes


@dataclass(frozen=True, slots=True)
class CoolantRow:
    """The coolant at one place of one channel branch.

    ``s_mm`` is the distance from the start of its own branch along the centreline, ``x_mm``, ``y_mm`` the place in the plan;
    ``T_degC`` the coolant's mixed mean, ``T_wall_degC`` the mean over the wetted wall there; ``h_W_m2K``, ``Re``, ``regime``
    (``laminar``, ``transitional``, ``turbulent``) of the segment; ``heat_W`` what the segment takes up; ``calibrated``: share of ``h`` that finite elements
    told, None where the design names no calibration.
    """

    branch: str
    s_mm: float
    x_mm: float
    y_mm: float
    T_degC: float
    T_wall_degC: float
    h_W_m2K: float
    Re: float
    regime: str
    heat_W: float
    calibrated: float | None = None


@dataclass(frozen=True, slots=True)
class DropCurve:
    """Pressure drop of the plate over its flow with its scatter, the pump's curve where there is one, and where the case stands."""

    flow_lpm: tuple[float, ...]
    drop_Pa: tuple[float, ...]
    scatter_Pa: tuple[float, ...]
    at_lpm: float
    at_Pa: float
    pump_lpm: tuple[float, ...] = ()
    pump_Pa: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatFlow:
    """One line of a case's heat balance: ``power_W`` > 0 in its ``way``: made in the pack, out of it, or stored."""

    name: str
    power_W: float
    way: Literal["made", "out", "stored"]


@dataclass(frozen=True, slots=True)
class StageRow:
    """What a stage cost: wall-clock seconds, peak memory [MB] (None: not measured); ``note`` as in "not run again: nothing changed"."""

    stage: str
    seconds: float
    memory_MB: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG. ``name`` is its file name without suffix; ``caption`` one sentence; ``case`` None for the pack itself."""

    name: str
    caption: str
    png: bytes = field(repr=False)
    case: str | None = None


@dataclass(frozen=True, slots=True)
class UsedFigure:
    """A figure of the catalogue or the design that entered the run. ``of`` is its cell, material or coolant."""

    of: str
    name: str
    value: str
    unit: str
    standing: Standing
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_sure(self) -> bool:
        """Measured, from the maker's datasheet, or written by the user; everything else is to be confirmed before hardware is bought."""
        return self.standing in ("measured", "datasheet", "given")


@dataclass(frozen=True)
class RunSummary:
    """Everything that a report of a run shows.

    ``design_text`` is the design file's text as read. ``cases`` are the cases that were solved, in the design's order (empty: none).
    ``coolant``, ``branch_flow_lpm``, ``drop_curves`` and ``heat`` by case; ``series``: of a transient case, the columns of its CSV. ``mesh``, ``cad``, ``solver`` (the last by case) are flat mappings of words to numbers or
    words, shown as they are; their keys carry units. ``left_out`` are sentences on what the model does not contain;
    ``notes`` are sentences on how this run went (a picture that could not be drawn). ``sources`` explains the ids in ``figures``; those that no figure cites are not shown.
    """

    loaded: LoadedDesign
    layout: Layout
    results: ResultSet
    verdict: Verdict
    design_text: str = ""
    cases: tuple[str, ...] = ()
    coolant: Mapping[str, tuple[CoolantRow, ...]] = field(default_factory=dict)
    branch_flow_lpm: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    drop_curves: Mapping[str, DropCurve] = field(default_factory=dict)
    heat: Mapping[str, tuple[HeatFlow, ...]] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)
    mesh: Mapping[str, Any] = field(default_factory=dict)
    cad: Mapping[str, Any] = field(default_factory=dict)
    solver: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stages: tuple[StageRow, ...] = ()
    pictures: tuple[Picture, ...] = ()
    figures: tuple[UsedFigure, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The design's name."""
        return self.loaded.design.name

    @property
    def file(self) -> str:
        """The design file as the user gave it."""
        return self.loaded.file

    @property
    def checked(self) -> Checked:
        """The verdict with its file, as the other formats take it."""
        return Checked(self.file, self.name, self.verdict)
