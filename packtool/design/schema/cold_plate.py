"""The cold plate and the layer on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, CoolantId, DesignRecord, FilePath, MaterialId, Millimetres, as_many_as
from packtool.design.schema.plate_agreements import (
    calibration_of_plate,
    channel_in_plate,
    channels_of_type,
    every_between,
    feed_of_position,
    fidelity_of_position,
    fidelity_of_style,
    overhang_between,
    passes_of_type,
    style_between,
    turns_of_style,
    turns_of_type,
    type_between,
    type_of_style,
)


class Interface(DesignRecord):
    """The layer between the cells and the cold plate."""

    material: MaterialId = Field(description="material under the cells: a gap filler, pad or adhesive")
    thickness_mm: Millimetres = Field(description="bond line thickness as built")


ChannelSide = Annotated[float, Field(ge=0.1, le=20_000)]
"""[mm]. Channels below 0.1 to 0.2 mm are micro-channels (Kandlikar & Grande, Heat Transfer Eng. 24 (2003) 3, remembered); the heat solve fails at 0.05."""
Roughness = Annotated[float, Field(ge=0, le=1_000, description="wall roughness; 1.5 um is drawn aluminium")]
PlateMaterial = Annotated[MaterialId, Field(description="material of the plate; `packtool materials` lists them")]
Coolant = Annotated[CoolantId, Field(description="what flows in the channels; `packtool coolants` lists them")]
Flow = Annotated[
    Annotated[float, Field(gt=0, le=10_000)] | None,
    Field(description="volume flow through the whole plate, at the inlet; or give pump"),
]


def _flows_rise(flows: Sequence[float]) -> str | None:
    return None if all(a < b for a, b in pairwise(flows)) else "must ascend, each flow above the one before it"


def _heads_fall(heads: Sequence[float]) -> str | None:
    return (
        None if all(a >= b for a, b in pairwise(heads)) else "must not rise with the flow: a pump gives less pressure at more flow"
    )


class Pump(DesignRecord):
    """A pump's curve; between its points the head is linear. The flow is where the plate's pressure drop meets it."""

    agreements = (
        Agreement(("flow_lpm", "head_kPa"), "head_kPa", as_many_as("flow_lpm")),
        Agreement(("flow_lpm",), "flow_lpm", _flows_rise),
        Agreement(("head_kPa",), "head_kPa", _heads_fall),
    )

    flow_lpm: tuple[Annotated[float, Field(ge=0, le=10_000)], ...] = Field(
        min_length=2, description="flows of the curve, ascending"
    )
    head_kPa: tuple[Annotated[float, Field(ge=0, le=10_000)], ...] = Field(
        min_length=2, description="pressure that the pump has left for this plate at each flow; hoses and radiator taken off"
    )


def _flow_or_pump(flow: object, pump: object) -> str | None:
    if flow is None and pump is None:
        return "missing: give flow_lpm, or pump with its curve"
    return "give flow_lpm or pump, not both" if flow is not None and pump is not None else None


FLOW_OR_PUMP = Agreement(("flow_lpm", "pump"), "flow_lpm", _flow_or_pump)
PumpCurve = Annotated[Pump | None, Field(description="in place of flow_lpm: the curve of the pump that drives the coolant")]
Inlet = Annotated[float, Field(ge=-60, le=200, description="coolant temperature at the inlet, in the coolant's table")]


class ColdPlate(DesignRecord):
    """A flat plate with rectangular channels; two where it lies both under and over the cells, several upright ones between them.

    ``serpentine``: one channel that passes the plate ``passes`` times. ``parallel``: ``channels`` channels side by side
    between two headers; with ``passes: 2`` they run out along one half, join in a turn header and return along the other.
    """

    agreements = (
        Agreement(("channel_height_mm", "thickness_mm"), "channel_height_mm", channel_in_plate),
        Agreement(("type", "channels"), "channels", channels_of_type),
        Agreement(("type", "passes"), "passes", passes_of_type),
        Agreement(("type", "turns"), "turns", turns_of_type),
        FLOW_OR_PUMP,
        Agreement(("fidelity", "position"), "fidelity", fidelity_of_position),
        Agreement(("feed", "position"), "feed", feed_of_position),
        Agreement(("position", "type", "passes"), "type", type_between),
        Agreement(("position", "overhang_mm"), "overhang_mm", overhang_between),
        Agreement(("position", "every_cells"), "every_cells", every_between),
        Agreement(("style", "position"), "style", style_between),
        Agreement(("style", "type"), "type", type_of_style),
        Agreement(("style", "turns"), "turns", turns_of_style),
        Agreement(("fidelity", "style"), "fidelity", fidelity_of_style),
        Agreement(("calibration", "position", "style"), "calibration", calibration_of_plate),
    )

    position: Literal["bottom", "top", "both", "between"] = Field(
        "bottom",
        description="where the plate is: under the cells; over them (no terminals on top); both, one under and one over them; between, upright "
        "ones between the rows or the cells (terminals on top)",
    )
    every_cells: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = Field(
        None,
        description="position: between: cells of a row from one plate to the next, the first after half as many; plates go through all rows. Left out: plates between the rows",
    )
    feed: Literal["parallel", "series"] | None = Field(
        None,
        description="of several plates (both, between): the flow splits between them (parallel), or goes through one after the other (series); "
        "default: parallel",
    )
    style: Literal["brazed", "stamped", "extruded"] | None = Field(
        None,
        description="how it is made; brazed: closed, channels milled or pressed into thick metal; stamped: a formed sheet on a flat one, each half of "
        "thickness_mm less channel_height_mm; extruded: a multi-port profile between two end caps. Default: brazed; between cells: extruded",
    )
    type: Literal["serpentine", "parallel"] = Field(
        description="serpentine: one channel that passes the plate `passes` times; parallel: `channels` side by side between headers"
    )
    passes: Annotated[int, Field(ge=1, le=200, strict=True)] = Field(description="times the coolant passes the plate's length")
    channels: Annotated[int, Field(ge=1, le=500, strict=True)] = Field(
        1, description="channels side by side in each pass (parallel only)"
    )
    turns: Literal["square", "round"] = Field(
        "square", description="serpentine only: how it turns; round: half circles from leg to leg, on the overhang"
    )
    manifold: Literal["U", "Z"] = Field(
        "U", description="parallel with passes: 1: outlet on the inlet's side (U) or diagonally opposite (Z)"
    )
    channel_width_mm: ChannelSide = Field(description="inner width of a channel, in the plane of the plate")
    channel_height_mm: ChannelSide = Field(
        description="inner height of a channel, through the plate's thickness; less than thickness_mm"
    )
    header_width_mm: ChannelSide | None = Field(
        None, description="inner width of the headers (parallel only); default: twice the channel's width"
    )
    thickness_mm: Millimetres = Field(description="thickness of the whole plate")
    margin_mm: Annotated[float, Field(gt=0, le=500)] = Field(
        10.0, description="metal between the outermost channel and the plate's edge"
    )
    overhang_mm: Annotated[float, Field(ge=0, le=500)] | None = Field(
        None, description="how far the plate reaches past the rows at both ends (x); default: what headers or fittings need"
    )
    roughness_um: Roughness = 1.5
    fidelity: Literal["network", "cfd"] = Field(
        "network",
        description="network: correlations, in a second; cfd: laminar flow and heat of the plate in three dimensions as well (steady cases; minutes)",
    )
    calibration: FilePath | None = Field(
        None,
        description="path of a file of `packtool calibrate plate`: the network then takes losses and films of this plate from finite elements",
    )
    material: PlateMaterial
    coolant: Coolant
    flow_lpm: Flow = None
    pump: PumpCurve = None
    inlet_degC: Inlet

    @property
    def made_as(self) -> Literal["brazed", "stamped", "extruded"]:
        """``style`` with its default."""
        return self.style or ("extruded" if self.position == "between" else "brazed")


def _walls_in_ribbon(wall: float, thickness: float) -> str | None:
    if 2 * wall < thickness:
        return None
    return f"two walls must be less than the ribbon's thickness_mm ({thickness:g}), got {wall:g} each"


class RibbonPlate(DesignRecord):
    """Upright ribbons between every two rows of cylindrical cells, against their sides.

    Each is an extrusion with ``ports`` channels one above the other, between a tank at either end of the rows that all ribbons share.
    """

    agreements = (Agreement(("wall_mm", "thickness_mm"), "wall_mm", _walls_in_ribbon), FLOW_OR_PUMP)

    type: Literal["ribbon"] = Field(description="ribbon: upright multi-port extrusions against the sides of cylindrical cells")
    shape: Literal["straight", "wavy"] = Field(
        "straight",
        description="straight: flat, the interface fills what is left to the round cans; wavy: bent around them (pattern: hexagonal)",
    )
    contact_angle_deg: Annotated[float, Field(ge=5, le=150)] = Field(
        60.0, description="how much of each can's circumference the interface touches"
    )
    thickness_mm: Millimetres = Field(description="thickness of a ribbon")
    wall_mm: Millimetres = Field(description="metal on either side of the ports; less than half of thickness_mm")
    ports: Annotated[int, Field(ge=1, le=100, strict=True)] = Field(description="channels of a ribbon, one above the other")
    web_mm: Millimetres = Field(description="metal between two ports, below the first and above the last")
    height_mm: Millimetres | None = Field(
        None, description="height of a ribbon, half way up the cells; default: what the holders leave"
    )
    manifold: Literal["U", "Z"] = Field(
        "Z", description="outlet at the same end of the tanks as the inlet (U) or diagonally opposite (Z)"
    )
    header_width_mm: Millimetres = Field(12.0, description="inner width of the tanks along the rows")
    header_wall_mm: Millimetres = Field(2.0, description="thickness of the tanks' walls")
    roughness_um: Roughness = 1.5
    material: PlateMaterial
    coolant: Coolant
    flow_lpm: Flow = None
    pump: PumpCurve = None
    inlet_degC: Inlet


AnyColdPlate = ColdPlate | RibbonPlate
"""Every family of cold plates; ``type`` tells which one a design means."""


def known_flow_lpm(plate: AnyColdPlate) -> float:
    """``flow_lpm`` of a plate whose flow is given, or was found on its pump's curve; ValueError of one that is still to be found."""
    if plate.flow_lpm is None:
        raise ValueError("the flow of this plate is still to be found on its pump's curve")
    return plate.flow_lpm
