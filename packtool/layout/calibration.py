"""Whether a calibration is of the plate and coolant of a design, and the calibrated channels as branches."""

from __future__ import annotations

from packtool.catalogue.properties import coolant_state
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate
from packtool.design.schema.calibration import PlateCalibration
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.plate import header_width
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS

KEY = "cold_plate.calibration"
PRANDTL_REACH = 2.0
"""Factor by which the design's Prandtl number at the inlet may lie from the calibration's. What finite elements tell of the film is its ratio to
the correlation at the same Re and Pr. Measured on a three-pass serpentine at Re 250, told at Pr 30: 1 % too high a film at Pr 15, 4 % at 60."""
SAME_MM = 1e-3
"""Sizes that differ by less are one: the layout's rounding."""


def plate_key(layout: Layout, plate: ColdPlate) -> dict[str, str | float]:
    """What a calibration of this plate holds for: its kind and sizes [mm]. Turns are square unless it says so."""
    x0, y0, _, x1, y1, _ = layout.product("cold-plate").bounds()
    key: dict[str, str | float] = {"type": plate.type, "passes": float(plate.passes)}
    if plate.turns == "round":
        key["turns"] = plate.turns
    if plate.type == "parallel":
        key |= {"channels": float(plate.channels), "header_width_mm": header_width(plate)}
        key |= {"manifold": plate.manifold} if plate.passes == 1 else {}
    sizes = {
        "channel_width_mm": plate.channel_width_mm, "channel_height_mm": plate.channel_height_mm, "thickness_mm": plate.thickness_mm,
        "margin_mm": plate.margin_mm, "length_mm": x1 - x0, "breadth_mm": y1 - y0,
    }  # fmt: skip
    return key | {name: round(float(value), 6) for name, value in sizes.items()}


def unfit_calibration(loaded: LoadedDesign, layout: Layout) -> list[Complaint]:
    """A complaint where ``cold_plate.calibration`` is of another plate, or of a coolant of another Prandtl number."""
    plate, calibration = loaded.design.cold_plate, loaded.calibration
    if not isinstance(plate, ColdPlate) or calibration is None:
        return []
    own, theirs = ({"turns": "square", **key} for key in (plate_key(layout, plate), calibration.plate))
    for name, value in own.items():
        other = theirs.get(name, "nothing")
        same = other == value if isinstance(value, str) or isinstance(other, str) else abs(other - value) <= SAME_MM
        if not same:
            message = (
                f"{plate.calibration} is of another plate: {name} is {_told(other)} there and {_told(value)} here; calibrate this one"
                " (`packtool calibrate plate`), or leave the key out"
            )
            return [complain(loaded, KEY, message)]
    state = coolant_state(loaded.coolants[plate.coolant], plate.inlet_degC + ZERO_CELSIUS)
    Pr = state.cp * state.mu / state.k
    low, high = calibration.Pr / PRANDTL_REACH, calibration.Pr * PRANDTL_REACH
    if low <= Pr <= high:
        return []
    message = (
        f"{plate.calibration} is for Prandtl numbers {low:.3g} to {high:.3g} at the inlet ({calibration.coolant} at {calibration.inlet_degC:g}"
        f" degC); {plate.coolant} at {plate.inlet_degC:g} degC has {Pr:.3g}: calibrate with this coolant, or leave the key out"
    )
    return [complain(loaded, KEY, message)]


def _told(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.7g}"


def calibrated_channels(calibration: PlateCalibration) -> CoolantNetwork:
    """The channels that the finite elements saw, without fittings; heights from the channel's underside."""
    branches = tuple(
        Branch(b.name, b.start, b.end, b.path, b.width_mm, b.height_mm, b.kind, b.bulges) for b in calibration.branches
    )
    return CoolantNetwork(branches, calibration.inlet, calibration.outlet, 0.0, branches[0].height_mm)
