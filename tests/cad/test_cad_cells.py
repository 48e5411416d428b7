"""cells.csv: where each cell stands, and its place in the circuit."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from packtool.cad.cells import COLUMNS, cells_csv
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.mark.parametrize("template", ["bus-lfp", "scooter-nmc", "truck-modules", "car-pouch-modules"])
def test_every_cell_stands_once_and_every_series_position_has_all_its_parallel_cells(template):
    layout = lay_out(load_design(TEMPLATES / f"{template}.yaml"))
    rows = list(csv.DictReader(io.StringIO(cells_csv(layout))))
    assert tuple(rows[0]) == COLUMNS
    assert len({row["cell"] for row in rows}) == len(rows) == layout.n_series * layout.n_parallel
    circuit = {(int(row["series"]), int(row["parallel"])) for row in rows}
    assert circuit == {(s, p) for s in range(1, layout.n_series + 1) for p in range(1, layout.n_parallel + 1)}
    assert all(count == 1 for count in Counter((row["x mm"], row["y mm"], row["z mm"]) for row in rows).values())


def test_a_row_tells_the_name_the_way_down_the_tree_and_the_middle():
    layout = lay_out(load_design(TEMPLATES / "bus-lfp.yaml"))
    rows = {row["cell"]: row for row in csv.DictReader(io.StringIO(cells_csv(layout)))}
    first, second = rows["R1C01"], rows["R1C02"]
    assert (first["place"], first["series"], first["parallel"]) == ("row R1", "1", "1")
    pitch = float(second["x mm"]) - float(first["x mm"])
    assert pitch == pytest.approx(53.7 + 1.5, abs=0.0011)  # thickness and gap of the design; two micrometre roundings
