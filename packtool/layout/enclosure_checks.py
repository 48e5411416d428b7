"""What of an enclosure does not fit: walls, corners, bolts, openings, brackets, ribs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Enclosure
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.fasteners import THREADS
from packtool.layout.flange import (
    EDGE_OVER_HOLE,
    LAND_MM,
    LEAST_WEB_MM,
    Flange,
    corner_radius,
    flange_thickness,
    floor_radius,
    floor_room,
    free_band,
    has_nuts,
    plan_flange,
)  # fmt: skip
from packtool.layout.mounts import bracket_reach, foot_height, lug_places, taken
from packtool.layout.openings import Opening, extent, opening_faults
from packtool.layout.outline import Rectangle
from packtool.layout.tray import rib_count
from packtool.layout.tray_plan import TrayPlan, clear_height, openings_of, span


def check_enclosure(loaded: LoadedDesign, enclosure: Enclosure, tray: TrayPlan) -> list[Complaint]:
    """What does not come out, at its keys."""
    faults = _wall_faults(enclosure, tray)
    if not faults:
        faults = [*_corner_faults(enclosure, tray.inside), *_bolt_faults(enclosure, tray)]
        flange = plan_flange(enclosure, tray.inside)
        openings = openings_of(enclosure, flange, tray)
        faults += opening_faults(openings, tray.inside, flange.radius, span(enclosure, tray.top))
        faults += _bracket_faults(enclosure, flange, tray.top, openings)
        faults += _rib_faults(enclosure, flange)
        faults += _covered_faults(openings, tray)
    return [complain(loaded, f"enclosure.{key}" if not key.startswith("enclosure.") else key, message) for key, message in faults]


Fault = tuple[str, str]
"""Key below ``enclosure``, and what is wrong with it."""


def _wall_faults(enclosure: Enclosure, tray: TrayPlan) -> list[Fault]:
    """A flange needs a wall below it; a hollow beam needs a hollow."""
    inner = tray.top - flange_thickness(enclosure)
    if enclosure.wall_mm >= inner:
        key = "wall_mm" if enclosure.flange_thickness_mm is None else "flange_thickness_mm"
        return [(key, f"{getattr(enclosure, key):g} must be less than the tray's inner height, {inner:g}")]
    if enclosure.style == "extruded" and enclosure.flange_mm <= enclosure.wall_mm:
        return [("flange_mm", f"{enclosure.flange_mm:g} leaves no hollow in a beam with walls of {enclosure.wall_mm:g} mm")]
    if enclosure.style == "extruded" and inner - enclosure.wall_mm <= 2 * enclosure.wall_mm:
        return [("wall_mm", f"{enclosure.wall_mm:g} leaves no hollow in a beam {inner - enclosure.wall_mm:g} mm high")]
    if enclosure.cross_members is not None:
        beam = enclosure.cross_members
        if 2 * beam.wall_mm >= min(beam.width_mm, beam.height_mm):
            return [
                (
                    "cross_members.wall_mm",
                    f"{beam.wall_mm:g} leaves no hollow in a beam of {beam.width_mm:g} x {beam.height_mm:g} mm",
                )
            ]
        if beam.count * beam.width_mm > tray.inside[2] - tray.inside[0]:
            return [("cross_members.count", f"{beam.count} beams of {beam.width_mm:g} mm do not fit under the tray")]
    return []


def _corner_faults(enclosure: Enclosure, inside: Rectangle) -> list[Fault]:
    """What is inside keeps ``clearance_mm`` from the walls; rounded corners and floors come nearer."""
    faults: list[Fault] = []
    radius, floor, clearance = corner_radius(enclosure), floor_radius(enclosure), enclosure.clearance_mm
    intrusion = radius * (1 - math.sqrt(0.5))
    shorter = min(inside[2] - inside[0], inside[3] - inside[1])
    if 2 * radius > shorter:
        faults.append(("corner_radius_mm", f"{radius:g} is more than half the tray's shorter side inside ({shorter:g})"))
    elif intrusion > clearance + 1e-9:
        most = math.floor(clearance / (1 - math.sqrt(0.5)))
        faults.append(
            ("corner_radius_mm", f"corners of {radius:g} mm come {intrusion:.4g} mm in: clearance_mm ({clearance:g}) must be at least that, or"
             f" the radius at most {most}")
        )  # fmt: skip
    if floor > radius + 1e-9:
        faults.append(
            ("floor_radius_mm", f"{floor:g} is more than the corners' radius ({radius:g}), and cannot be drawn around them")
        )
    if floor > floor_room(enclosure) + 1e-9 and not faults:
        widest = math.floor(10 * floor_room(enclosure)) / 10
        where = f"stands {clearance:g} mm (clearance_mm) from the walls"
        where += f" in the corners of {radius:g} mm" if floor <= clearance else ""
        faults.append(("floor_radius_mm", f"{floor:g} mm comes under what {where}; at most {widest:g}"))
    return faults


def _bolt_faults(enclosure: Enclosure, tray: TrayPlan) -> list[Fault]:
    faults: list[Fault] = []
    thick = flange_thickness(enclosure)
    if enclosure.seal is not None and enclosure.seal.groove_depth_mm > thick - LEAST_WEB_MM + 1e-9:
        faults.append(
            ("seal.groove_depth_mm", f"{enclosure.seal.groove_depth_mm:g} leaves less than {LEAST_WEB_MM:g} mm of a flange {thick:g} mm thick"
             " (flange_thickness_mm)")
        )  # fmt: skip
    if enclosure.bolt is None:
        return faults
    thread, wall, flange = THREADS[enclosure.bolt], enclosure.wall_mm, enclosure.flange_mm
    low, high = free_band(enclosure)
    groove_end = LAND_MM + enclosure.seal.groove_width_mm if enclosure.seal else 0.0
    half = (high - low) / 2
    # each need is a least half width of the free band, in whose middle the bolts stand
    needs = [thread.corners] if has_nuts(enclosure) else [thread.diameter]
    if enclosure.style != "extruded":
        needs.append(EDGE_OVER_HOLE * thread.hole)
    if enclosure.seal is not None and groove_end > wall:
        needs.append(thread.hole / 2 + LEAST_WEB_MM)
    if half < max(needs) - 1e-9:
        more = math.ceil(10 * (flange + 2 * (max(needs) - half))) / 10
        faults.append(("flange_mm", f"{flange:g} is too narrow for {enclosure.bolt} bolts; it needs {more:g}"))
    if enclosure.bolt_pitch_mm < 2.2 * thread.hole:
        faults.append(
            ("bolt_pitch_mm", f"{enclosure.bolt_pitch_mm:g} is less than 2.2 holes of {enclosure.bolt} ({2.2 * thread.hole:.3g} mm; EN 1993-1-8,"
             " table 3.3)")
        )  # fmt: skip
    if enclosure.style == "extruded" and not faults:
        x0, y0, x1, y1 = tray.inside
        planned = plan_flange(enclosure, tray.inside)
        for x, y in planned.bolts:
            beyond = max(y0 - y, y - y1)  # the wall of the beam that runs through stands from 0 to wall
            if (x < x0 or x > x1) and -thread.corners < beyond < wall + thread.corners - 1e-9:
                faults.append(
                    ("bolt_pitch_mm", "a bolt comes over the joint of two beams, or the wall there: choose another pitch")
                )
                break
    return faults


def _covered_faults(openings: Sequence[Opening], tray: TrayPlan) -> list[Fault]:
    """Openings behind the filler on a wall."""
    faults = []
    for opening in openings:
        for wall, plan, low, high in tray.covered:
            a, b = extent(wall, plan)
            along = opening.along - opening.half_along < b and a < opening.along + opening.half_along
            if opening.wall == wall and along and opening.z - opening.half_z < high and low < opening.z + opening.half_z:
                faults.append(
                    (opening.key, f"{opening.name} is behind the filler between the rows and wall {wall} (arrangement.row_filler)")
                )
                break
    return faults


def _bracket_faults(enclosure: Enclosure, flange: Flange, top: float, openings: Sequence[Opening]) -> list[Fault]:
    """Feet that are too many for their wall, lugs that are too tall, openings behind a bracket."""
    faults: list[Fault] = []
    clear = clear_height(enclosure, top)
    stretches = taken(enclosure, flange)
    for index, (wall, (low, high)) in enumerate(stretches):
        if any(other == wall and low < b and a < high for other, (a, b) in stretches[:index]):
            which = "feet.count" if enclosure.feet else "lifting.thickness_mm"
            faults.append((which, f"the brackets on wall {wall} stand in each other's way"))
            break
    lugs = lug_places(enclosure, flange)
    if lugs and enclosure.lifting is not None and 2.5 * enclosure.lifting.hole_mm > clear:
        faults.append(
            ("lifting.hole_mm", f"a lug for {enclosure.lifting.hole_mm:g} mm does not fit under the flange, {clear:.4g} mm high")
        )
    feet_top = foot_height(enclosure, clear) if enclosure.feet else 0.0
    for opening in openings:
        for wall, (low, high) in stretches:
            across = opening.wall == wall and opening.span[0] < high and low < opening.span[1]
            is_lug = any(w == wall and low <= at <= high for w, at in lugs)
            height = clear if is_lug else feet_top
            if across and opening.heights[0] < height:
                what = "a lifting lug" if is_lug else f"a foot ({feet_top:.4g} mm high)"
                faults.append((opening.key, f"{opening.name} is behind {what} on wall {wall}"))
    if enclosure.wall_ribs is not None and bracket_reach(enclosure) and enclosure.wall_ribs.height_mm > enclosure.flange_mm:
        faults.append(
            ("wall_ribs.height_mm", f"{enclosure.wall_ribs.height_mm:g} stands out beyond the flange ({enclosure.flange_mm:g})")
        )
    return faults


def _rib_faults(enclosure: Enclosure, flange: Flange) -> list[Fault]:
    """Ribs so wide, or so close, that they run into each other."""
    x0, y0, x1, y1 = flange.inside
    straight = (x1 - x0 - 2 * flange.radius, y1 - y0 - 2 * flange.radius)
    faults = []
    for key, ribs, lengths in (("lid_ribs", enclosure.lid_ribs, (x1 - x0,)), ("wall_ribs", enclosure.wall_ribs, straight)):
        if ribs is None:
            continue
        closest = min(length / rib_count(ribs, length) for length in lengths)
        if closest <= ribs.width_mm:
            message = f"ribs {ribs.width_mm:g} mm wide would stand {closest:.4g} mm apart and run into each other; make pitch_mm larger, or width_mm smaller"
            faults.append((f"{key}.width_mm" if closest <= 0 or ribs.pitch_mm > ribs.width_mm else f"{key}.pitch_mm", message))
    return faults
