"""``mesh.target_error_K``: the mesh that is found keeps it, against meshes far finer; a tighter one costs more; out of reach is said."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from test_round_errors import REFERENCE as ROUND

from packtool.catalogue.load import coolants
from packtool.coldplate import pack_sizes
from packtool.coldplate.pack_case import case_rows, solve_pack_case
from packtool.coldplate.pack_sizes import HELD, Sized, mesh_for_target
from packtool.coldplate.pack_transient import solve_pack_transient, transient_rows
from packtool.design.load import load_design
from packtool.design.schema import MeshSizes
from packtool.errors import NotConverged, SolveError
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout
from packtool.results import Result
from packtool.thermal.target import balanced

TEMPLATES = Path(__file__).parents[2] / "templates"
AIR = coolants()["air_1atm"]
ON_PLATE = (
    "arrangement.rows=1", "arrangement.cells_per_row=4", "electrical.series=4", "cold_plate.channels=2", "cold_plate.flow_lpm=2",
)  # fmt: skip
PASSIVE = (*ON_PLATE[:3], "cold_plate=null", "interface=null")
OVER_TIME = (
    *PASSIVE, "cases={pulse: {kind: transient, duration_s: 600, tolerance_K: 0.005, duty: {time_s: [0, 300], current_A: [250, 0]}}}",
)  # fmt: skip


def sized(design: str, *sets: str, target: float, case: str) -> Sized:
    loaded = load_design(TEMPLATES / design, (*sets, f"mesh.target_error_K={target}"))
    return mesh_for_target(loaded, lay_out(loaded), (case,), (), AIR, None)


def held(rows) -> dict:
    return {row.name: row for row in rows if row.name.startswith(HELD)}


def true_values(design: str, *sets: str, case: str, sizes: MeshSizes) -> dict[str, float]:
    """On a mesh of ``sizes`` and the same halved, extrapolated as a smooth field's are."""
    loaded = load_design(TEMPLATES / design, sets)
    layout = lay_out(loaded)
    rows = transient_rows if "duty" in str(loaded.data["cases"][case]) else case_rows
    fine, half = (
        {r.name: r.value for r in rows(loaded, layout, mesh_layout(layout, halved=h, sizes=sizes).mesh, case, AIR, None)}
        for h in (False, True)
    )
    return {name: value + (value - half[name]) / 3 for name, value in fine.items() if name.startswith(HELD)}


@pytest.mark.parametrize(
    ("errors", "target", "factors"),
    [
        ({"a": 0.4, "b": 0.1}, 0.2, {"a": 0.5, "b": 1.0}),  # the same in both: 0.1 K each
        ({"a": 0.4, "b": 0.0}, 0.1, {"a": 0.5, "b": 2.0}),  # nothing in b: as coarse as it may be
        ({"a": 0.01, "b": 0.01}, 10.0, {"a": 2.0, "b": 2.0}),
    ],
)
def test_the_error_is_shared_out_evenly(errors, target, factors):
    assert balanced(errors, {"a": 2.0, "b": 2.0}, target) == pytest.approx(factors)


@pytest.fixture(name="truth", scope="module")
def truth_fixture() -> dict[str, float]:
    fine = MeshSizes(cell_through_mm=3.4, cell_across_mm=15, cell_height_mm=14, plate_mm=5, plate_through_mm=0.75)
    return true_values("bus-lfp.yaml", *ON_PLATE, case="charge_1C", sizes=fine)


@pytest.mark.fem
class TestOnAPlate:
    def test_the_promise_holds_and_a_tighter_one_costs_more(self, truth):
        counts = []
        for target in (1.0, 0.2, 0.07):
            loaded = load_design(TEMPLATES / "bus-lfp.yaml", (*ON_PLATE, f"mesh.target_error_K={target}"))
            layout = lay_out(loaded)
            found = mesh_for_target(loaded, layout, ("charge_1C",), (), AIR, None)
            rows = held(solve_pack_case(loaded, layout, [one.mesh for one in found.family], "charge_1C", AIR, None).results)
            assert max(row.error for row in rows.values()) == found.tried[-1].error_K <= target
            assert max(abs(row.value - truth[name]) for name, row in rows.items()) <= target
            assert len(rows) == 7 + 2 * 4, "the pack's and each cell's"
            counts.append(found.tried[-1].elements)
        normal = len(mesh_layout(layout).mesh.hexes)
        assert counts[0] < normal < counts[1] < counts[2]

    def test_out_of_memory_is_said_with_what_was_reached(self, monkeypatch):
        monkeypatch.setattr("packtool.memory.available_bytes", lambda: 12_000_000)  # 15,000 elements
        with pytest.raises(
            NotConverged, match=r"target_error_K 0\.003 is out of reach: set it to [0-9.]+ or more.*needs about .* GB"
        ) as told:
            sized("bus-lfp.yaml", *ON_PLATE, target=0.003, case="charge_1C")
        assert "\n" not in str(told.value)


@pytest.mark.fem
def test_over_time_without_a_plate():
    loaded = load_design(TEMPLATES / "bus-lfp.yaml", (*OVER_TIME, "mesh.target_error_K=0.05"))
    layout = lay_out(loaded)
    found = mesh_for_target(loaded, layout, ("pulse",), (), AIR, None)
    rows = held(solve_pack_transient(loaded, layout, [one.mesh for one in found.family], "pulse", AIR, None).results)
    assert max(row.error for row in rows.values()) == found.tried[-1].error_K <= 0.05
    truth = true_values(
        "bus-lfp.yaml", *OVER_TIME, case="pulse", sizes=MeshSizes(cell_through_mm=3.4, cell_across_mm=22, cell_height_mm=20)
    )
    assert max(abs(row.value - truth[name]) for name, row in rows.items()) <= 0.05


@pytest.mark.fem
@pytest.mark.slow
def test_round_cells_on_a_plate():
    small = (
        "electrical={series: 3, parallel: 4}", "arrangement.rows=3", "arrangement.cells_per_row=4", "cold_plate.passes=2",
        "cold_plate.flow_lpm=1", "enclosure.vent_area_mm2=null",
    )  # fmt: skip
    loaded = load_design(TEMPLATES / "three-wheeler-nmc.yaml", (*small, "mesh.target_error_K=0.5"))
    layout = lay_out(loaded)
    found = mesh_for_target(loaded, layout, ("charge_1.5C",), (), AIR, None)
    rows = held(solve_pack_case(loaded, layout, [one.mesh for one in found.family], "charge_1.5C", AIR, None).results)
    assert max(row.error for row in rows.values()) == found.tried[-1].error_K <= 0.5
    assert found.tried[-1].elements < len(mesh_layout(layout).mesh.hexes)
    for name, value in ((name, value) for name, value in ROUND.items() if name.startswith(HELD)):
        assert abs(rows[name].value - value) <= 0.5, name


def test_the_time_steps_own_error_is_told_apart(monkeypatch):
    row = Result("temperature.cell.max", 40.0, "degC", case="pulse", error=0.31, error_time=0.3)
    monkeypatch.setattr(pack_sizes, "solve_pack_transient", lambda *given: SimpleNamespace(results=[row]))
    monkeypatch.setattr(pack_sizes, "transient_rows", lambda *given: [row])
    with pytest.raises(
        NotConverged, match=r"the time steps alone leave 0\.3 K in temperature\.cell\.max of case pulse; lower cases\.pulse"
    ):
        sized("bus-lfp.yaml", *OVER_TIME, target=0.25, case="pulse")


@pytest.mark.parametrize("fails", ["case_rows", "solve_pack_case"])
def test_what_a_case_cannot_be_solved_for_is_told_of_that_case(monkeypatch, fails):
    rows = [Result("temperature.cell.max", 40.0, "degC", error=0.3)]
    monkeypatch.setattr(pack_sizes, "case_rows", lambda *given: rows)
    monkeypatch.setattr(pack_sizes, "solve_pack_case", lambda *given: SimpleNamespace(results=rows))
    whole = getattr(pack_sizes, fails)

    def refusing(*given):
        if given[3] == "b":
            raise SolveError("no")
        return whole(*given)

    monkeypatch.setattr(pack_sizes, fails, refusing)
    two = "cases={a: {kind: steady, current_A: 100}, b: {kind: steady, current_A: 200}}"
    loaded = load_design(TEMPLATES / "bus-lfp.yaml", (*PASSIVE, two, "mesh.target_error_K=0.25"))
    with pytest.raises(SolveError, match=r"^case b: no$"):
        mesh_for_target(loaded, lay_out(loaded), ("a", "b"), (), AIR, None)
