"""What the keys of a cold plate have to agree on: each check gives what is wrong, or None."""

from __future__ import annotations

SEVERAL = ("both", "between")
"""Positions with more than one plate."""


def channel_in_plate(channel_height: float, thickness: float) -> str | None:
    if channel_height < thickness:
        return None
    return f"must be less than the plate's thickness_mm ({thickness:g}), got {channel_height:g}"


def channels_of_type(kind: str, channels: int) -> str | None:
    if kind == "serpentine" and channels != 1:
        return f"a serpentine has one channel: leave channels out, or use type: parallel (got {channels})"
    if kind == "parallel" and channels < 2:
        return "type: parallel needs channels: 2 or more; one channel is type: serpentine"
    return None


def passes_of_type(kind: str, passes: int) -> str | None:
    if kind == "parallel" and passes > 2:
        return f"type: parallel takes passes: 1 or 2, got {passes}; more passes of one channel are type: serpentine"
    return None


def turns_of_type(kind: str, turns: str) -> str | None:
    if kind == "parallel" and turns == "round":
        return "type: parallel has no turns of its own (its headers turn the coolant): leave turns out, or use type: serpentine"
    return None


def fidelity_of_position(fidelity: str, position: str) -> str | None:
    if fidelity == "cfd" and position in SEVERAL:
        return f"fidelity: cfd takes one plate, under or over the cells (position: bottom or top), not {position}: use fidelity: network"
    return None


def feed_of_position(feed: str | None, position: str) -> str | None:
    if feed is not None and position not in SEVERAL:
        return f"feed says how several plates are fed; position: {position} is one plate: leave it out"
    return None


def type_between(position: str, kind: str, passes: int) -> str | None:
    if position != "between" or (kind == "parallel" and passes == 1):
        return None
    given = f"type: {kind}" if kind != "parallel" else f"passes: {passes}"
    return f"upright plates (position: between) have channels one above the other between two tanks: type: parallel, passes: 1; got {given}"


def overhang_between(position: str, overhang: float | None) -> str | None:
    if position != "between" or overhang is None:
        return None
    return "upright plates (position: between) end in their tanks: leave it out"


def every_between(position: str, every: int | None) -> str | None:
    if position == "between" or every is None:
        return None
    return f"every_cells is for plates between the cells of a row (position: between), not for {position}: leave it out"


def style_between(style: str | None, position: str) -> str | None:
    if position != "between" or style in (None, "extruded"):
        return None
    return f"upright plates (position: between) are extruded, got {style}: leave it out"


def type_of_style(style: str | None, kind: str) -> str | None:
    if style != "extruded" or kind == "parallel":
        return None
    return f"an extruded plate has ports from end to end: type: parallel, not {kind}; turns are for style: brazed or stamped"


def turns_of_style(style: str | None, turns: str) -> str | None:
    if style != "stamped" or turns == "square":
        return None
    return "style: stamped is laid out with square turns: leave turns out, or use style: brazed"


def fidelity_of_style(fidelity: str, style: str | None) -> str | None:
    if fidelity == "cfd" and style not in (None, "brazed"):
        return f"fidelity: cfd takes a closed plate of even thickness (style: brazed), not {style}: use fidelity: network"
    return None


def calibration_of_plate(calibration: object, position: str, style: str | None) -> str | None:
    if calibration is None:
        return None
    for key, value, wanted in (("position", position, ("bottom", "top")), ("style", style or "brazed", ("brazed",))):
        if value not in wanted:
            return f"calibrations are of one closed plate under or over the cells ({key}: {' or '.join(wanted)}), not {key}: {value}: leave it out"
    return None
