"""A pack of four cells in two groups of two, and four boxes on a plate that stand for it."""

from functools import cache
from pathlib import Path

import numpy as np

from packtool.catalogue.load import coolants
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.boxes import Box, mesh_boxes

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
AIR = coolants()["air_1atm"]
CURRENT = 120.0  # A
COLD, WARM = 25.0, 35.0  # degC, where the cells have 1.0 and 0.5 mOhm
CELLS = ("R1C01", "R1C02", "R1C03", "R1C04")
TWO_BY_TWO = (
    "cell={like: calb-lfp176, resistance_mOhm: {temperature_degC: [25, 35], resistance_mOhm: [1.0, 0.5]}}",
    "electrical={series: 2, parallel: 2}",
    "arrangement.rows=1",
    "arrangement.cells_per_row=4",
    "cold_plate.channels=2",
    f"cases.charge_1C.current_A={CURRENT}",
)
BARE = ("enclosure.cutouts=[]", "enclosure.seal=null", "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null")
"""The bus's connectors and hoses do not fit so small a tray."""


@cache
def pack(*sets):
    """The design of four cells and its layout."""
    loaded = load_design(BUS, [*TWO_BY_TWO, *BARE, *sets])
    return loaded, lay_out(loaded)


def boxes(names=CELLS):
    """Cells in a row on a plate, in metres; one element each, the boundaries named as a pack's are."""
    cells = [Box(name, "cell", "cell", 0.05 * i, 0, 0.01, 0.05 * (i + 1), 0.1, 0.21) for i, name in enumerate(names)]
    plate = Box("cold plate", "cold_plate", "al_3003_o", 0, 0, 0, 0.05 * len(names), 0.1, 0.01)
    sides = dict.fromkeys(("xmin", "xmax", "ymin", "ymax"), "exterior_side")
    return mesh_boxes([*cells, plate], divisions=(1, 1, 1), boundaries={**sides, "zmin": "exterior_bottom", "zmax": "exterior_top"})


def kelvin(*degC):
    """Mean temperature of every region: the cells', then the plate's, which no heat depends on."""
    return np.array([*degC, 20.0]) + 273.15
