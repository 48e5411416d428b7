"""The bus template cut down to one row of four cells, for tests of its cold plate."""

from pathlib import Path

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
FOUR_CELLS = ("arrangement.rows=1", "arrangement.cells_per_row=4", "electrical.series=4")
