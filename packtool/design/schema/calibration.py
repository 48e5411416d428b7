"""What finite elements found out about one plate, as the file that `packtool calibrate plate` writes holds it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from packtool.catalogue.records import Frozen

METHOD = 2
"""Counts up when what the numbers of a file mean, or how they come about, changes; files of another method are refused. 1: outlets end at the
plate's edge. 2: behind a manifold's outlet the channel goes on as a duct, meshes are finer about inner corners; files carry their digest."""
FEWEST_FLOWS, MOST_FLOWS = 2, 20

Flows = Annotated[tuple[float, ...], Field(min_length=FEWEST_FLOWS, max_length=MOST_FLOWS)]
"""One number for each calibrated flow."""


class CalibratedBranch(Frozen):
    """A branch of the calibrated channels, ``path`` in mm; ``bulges`` of its legs as in ``layout.coolant.Branch``, none where all are straight.

    By flow: ``Re`` (below 0 against its path) and ``K``, the static pressure lost between its two nodes beyond developed friction on its
    clear length, over its rho v²/2. ``Nu`` by flow at the ways ``s_mm``, each the mean over a piece of the branch, on its mixed
    coolant and its walls' mean.
    """

    name: str
    start: str
    end: str
    kind: Literal["channel", "header"]
    width_mm: Annotated[float, Field(gt=0)]
    height_mm: Annotated[float, Field(gt=0)]
    path: Annotated[tuple[tuple[float, float], ...], Field(min_length=2)]
    bulges: tuple[float, ...] = ()
    Re: Flows
    K: Flows
    s_mm: Annotated[tuple[float, ...], Field(min_length=1)]
    Nu: Annotated[tuple[tuple[float, ...], ...], Field(min_length=FEWEST_FLOWS, max_length=MOST_FLOWS)]

    @model_validator(mode="after")
    def _agrees(self) -> CalibratedBranch:
        if len({len(self.Re), len(self.K), len(self.Nu)}) > 1 or any(len(row) != len(self.s_mm) for row in self.Nu):
            raise ValueError(f"branch {self.name}: Re, K and Nu need one entry for each flow, and each Nu one for each s_mm")
        if self.bulges and len(self.bulges) != len(self.path) - 1:
            raise ValueError(f"branch {self.name}: bulges need one entry for each leg of the path")
        if any(b <= a for a, b in zip(self.s_mm, self.s_mm[1:], strict=False)):
            raise ValueError(f"branch {self.name}: s_mm must ascend")
        if min(min(row) for row in self.Nu) <= 0:
            raise ValueError(f"branch {self.name}: Nu must be above 0")
        return self


class PlateCalibration(Frozen):
    """Loss coefficients and Nusselt numbers of a plate's channels by finite elements, at several laminar flows.

    ``plate``: what the numbers hold for, sizes in mm. ``flows_lpm`` (tried as well, and without a steady flow: ``left_out_lpm``) of the ``coolant`` at ``inlet_degC``, of Prandtl number ``Pr``;
    ``Re`` at the inlet. ``pressure_drop_Pa`` and ``wall_rise_K`` (mean of the heated side over the inlet at ``flux_W_m2``) of the calibrated
    channels; ``pressure_drop_error`` and ``film_error`` are relative, of the mesh. ``inlet``, ``outlet``: nodes of the ``branches``.
    """

    schema_: Literal["packtool/plate-calibration/1"] = Field("packtool/plate-calibration/1", alias="$schema")
    method: int
    packtool: str
    plate: dict[str, str | float]
    mesh_level: str
    coolant: str
    inlet_degC: float
    Pr: Annotated[float, Field(gt=0)]
    conductivity_W_mK: Annotated[float, Field(gt=0)]
    flux_W_m2: float
    flows_lpm: Flows
    left_out_lpm: tuple[float, ...] = ()
    Re: Flows
    pressure_drop_Pa: Flows
    pressure_drop_error: Flows
    wall_rise_K: Flows
    wall_rise_error_K: Flows
    film_error: Flows
    inlet: str
    outlet: str
    branches: Annotated[tuple[CalibratedBranch, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees(self) -> PlateCalibration:
        by_flow = ("Re", "pressure_drop_Pa", "pressure_drop_error", "wall_rise_K", "wall_rise_error_K", "film_error")
        for key in by_flow:
            if len(getattr(self, key)) != len(self.flows_lpm):
                raise ValueError(f"{key} needs one entry for each of flows_lpm")
        for branch in self.branches:
            if len(branch.Re) != len(self.flows_lpm):
                raise ValueError(f"branch {branch.name}: Re needs one entry for each of flows_lpm")
        if any(not 0 <= error < 1 for error in (*self.pressure_drop_error, *self.film_error)):
            raise ValueError("relative errors must be in [0, 1)")
        return self
