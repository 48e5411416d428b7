"""A design becomes a Layout: every part of the pack, named and placed, by the pattern its cells stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from packtool.design.loaded import LoadedDesign
from packtool.errors import DesignError
from packtool.layout.calibration import unfit_calibration
from packtool.layout.coolant_limits import unfit_coolant
from packtool.layout.cylinder_pack import lay_out_cylinders
from packtool.layout.open_groups import open_groups
from packtool.layout.records import Layout
from packtool.layout.row_pack import lay_out_rows
from packtool.layout.sensor_places import misplaced_sensors
from packtool.layout.step_parts import imported_parts

PATTERNS: Mapping[str, Callable[[LoadedDesign], Layout]] = {
    "rows": lay_out_rows,
    "hexagonal": lay_out_cylinders,
    "square": lay_out_cylinders,
}
"""What lays a pack out, by ``arrangement.pattern``."""


def lay_out(loaded: LoadedDesign) -> Layout:
    """Lay the pack out.

    Raises DesignError, with every complaint at its place, if something does not fit (channels in the plate, headers on the overhang,
    bars beside each other, a sensor where nothing is solved for, a parallel group without a closed circuit, a coolant that cannot flow so, a name twice); LayoutError if the
    cells' counts do not come out.
    """
    layout = PATTERNS[loaded.design.arrangement.pattern](loaded)
    imported, complaints = imported_parts(loaded, layout)
    complaints += [*misplaced_sensors(loaded, layout), *open_groups(loaded, layout), *unfit_coolant(loaded, layout)]
    complaints += unfit_calibration(loaded, layout)
    if complaints:
        raise DesignError(complaints)
    network = layout.network
    if network is not None and loaded.calibration is not None:
        network = replace(network, calibration=loaded.calibration)
    return replace(layout, imported=imported, network=network)
