"""The cold plate and the layer on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, CoolantId, DesignRecord, MaterialId, Millimetres


class Interface(DesignRecord):
    """The layer between the cells and the cold plate."""

    material: MaterialId = Field(description="material under the cells: a gap filler, pad or adhesive")
    thickness_mm: Millimetres = Field(description="bond line thickness as built")


def _channel_in_plate(channel_height: float, thickness: float) -> str | None:
    if channel_height < thickness:
        return None
    return f"must be less than the plate's thickness_mm ({thickness:g}), got {channel_height:g}"


def _channels_of_type(kind: str, channels: int) -> str | None:
    if kind == "serpentine" and channels != 1:
        return f"a serpentine has one channel: leave channels out, or use type: parallel (got {channels})"
    if kind == "parallel" and channels < 2:
        return "type: parallel needs channels: 2 or more; one channel is type: serpentine"
    return None


def _passes_of_type(kind: str, passes: int) -> str | None:
    if kind == "parallel" and passes > 2:
        return f"type: parallel takes passes: 1 or 2, got {passes}; more passes of one channel are type: serpentine"
    return None


def _turns_of_type(kind: str, turns: str) -> str | None:
    if kind == "parallel" and turns == "round":
        return "type: parallel has no turns of its own (its headers turn the coolant): leave turns out, or use type: serpentine"
    return None


class ColdPlate(DesignRecord):
    """A plate under the cells with rectangular channels.

    ``serpentine``: one channel that passes the plate ``passes`` times. ``parallel``: ``channels`` channels side by side
    between two headers; with ``passes: 2`` they run out along one half, join in a turn header and return along the other.
    """

    agreements = (
        Agreement(("channel_height_mm", "thickness_mm"), "channel_height_mm", _channel_in_plate),
        Agreement(("type", "channels"), "channels", _channels_of_type),
        Agreement(("type", "passes"), "passes", _passes_of_type),
        Agreement(("type", "turns"), "turns", _turns_of_type),
    )

    position: Literal["bottom"] = Field("bottom", description="where the plate is; bottom is what there is today")
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
    channel_width_mm: Millimetres = Field(description="inner width of a channel")
    channel_height_mm: Millimetres = Field(description="inner height of a channel; less than thickness_mm")
    header_width_mm: Millimetres | None = Field(
        None, description="inner width of the headers (parallel only); default: twice the channel's width"
    )
    thickness_mm: Millimetres = Field(description="thickness of the whole plate")
    margin_mm: Annotated[float, Field(gt=0, le=500)] = Field(
        10.0, description="metal between the outermost channel and the plate's edge"
    )
    overhang_mm: Annotated[float, Field(ge=0, le=500)] | None = Field(
        None, description="how far the plate reaches past the rows at both ends (x); default: what headers or fittings need"
    )
    roughness_um: Annotated[float, Field(ge=0, le=1_000)] = Field(1.5, description="wall roughness; 1.5 um is drawn aluminium")
    material: MaterialId = Field(description="material of the plate; `packtool materials` lists them")
    coolant: CoolantId = Field(description="what flows in the channels; `packtool coolants` lists them")
    flow_lpm: Annotated[float, Field(gt=0, le=10_000)] = Field(description="volume flow through the whole plate, at the inlet")
    inlet_degC: Annotated[float, Field(ge=-60, le=200)] = Field(
        description="coolant temperature at the inlet, in the coolant's table"
    )
