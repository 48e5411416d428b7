"""A general heat problem that cannot be solved is refused before the solve, with names and the nearest spelling."""

from __future__ import annotations

import pytest

from packtool import thermal
from packtool.errors import MeshError, SolveError

STACK = thermal.mesh_layers([("steel", 0.01), ("foam", 0.02)], divisions=2)
SPLIT = thermal.mesh_layers([("steel", 0.01), ("foam", 0.02)], divisions=2, contacts=[("steel", "foam")])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"k": {"steel": 50.0}}, "k is missing for foam"),
        ({"k": {"steel": 50.0, "foam": 1.0, "fom": 2.0}}, "no region is called 'fom'; did you mean 'foam'"),
        ({"k": {"steel": 50.0, "foam": 0.0}}, "k of foam is 0"),
        ({"k": {"steel": float("nan"), "foam": 1.0}}, "k of steel is nan"),
        ({"power": {"stel": 5.0}}, "no region is called 'stel'; did you mean 'steel'"),
        ({"power": 5.0}, "power is given by region"),
        ({"source": {"steel": float("inf")}}, "source of steel is inf"),
        ({"temperature": {"stat": 300.0}}, "no boundary is called 'stat'; did you mean 'start'"),
        ({"temperature": {"start": -5.0}}, r"temperature at start \[K\] is -5"),
        ({"temperature": {"start": lambda T: T}}, "name its parameters among x, y, z, r, t$"),
        ({"temperature": {"end": 300.0}}, "both a temperature and a flux, convection or radiation"),
        ({"convection": {"end": 5.0}}, "wanted Convection"),
        ({"convection": {"end": (-5.0, 300.0)}}, "h at end is -5"),
        (
            {"convection": {"end": (5.0, 0.0)}},
            r"T_ambient at end \[K\] is 0; wanted a finite number of at least 100; is it in degC\?",
        ),
        ({"convection": {"side*": (5.0, 300.0)}}, "no boundary fits 'side"),
        ({"radiation": {"end": (1.2, 300.0)}}, "emissivity at end is 1.2"),
        ({"flux": {"ende": 5.0}}, "did you mean 'end'"),
        ({"contact": {"steel|foam": 5.0}}, "no contact is called"),
        ({"rho_cp": {"steel": 1e6}}, "rho_cp is missing for foam"),
        ({"rho_cp": -1e6}, "rho_cp of steel is -1e"),
    ],
)
def test_a_wrong_name_or_number_is_told(more, told):
    given = {"k": 1.0, "convection": {"end": (5.0, 300.0)}} | more
    with pytest.raises(SolveError, match=told):
        thermal.conduction(STACK, **given)


@pytest.mark.parametrize(
    "cold",
    [
        {"convection": {"end": (5.0, 25.0)}},
        {"convection": {"end": thermal.Convection(5.0, 25.0)}},
        {"temperature": {"start": 25}},
        {"temperature": {"start": thermal.Table("t", [0, 10], [300, 25])}},
        {"radiation": {"end": (0.8, 25.0)}},
        {"rho_cp": thermal.PhaseChange(2e6, 2e6, 1e8, 26.0, 27.0)},
    ],
)
def test_a_temperature_in_degC_is_refused_with_the_way_out(cold):
    with pytest.raises(SolveError, match=r"is it in degC\?.*thermal\.celsius\(.*coldest=0"):
        thermal.conduction(STACK, 1.0, **cold)
    assert thermal.conduction(STACK, 1.0, **cold, coldest=0.0).coldest == 0


def test_a_start_in_degC_is_refused_and_space_is_not():
    problem = thermal.conduction(STACK, 1.0, radiation={"end": (0.8, 2.7)}, rho_cp=1e6, temperature={"start": thermal.celsius(25)})
    for start in (25.0, {"steel": 25.0, "foam": 300.0}, lambda x: 20.0 + 0 * x):
        with pytest.raises(SolveError, match=r"the initial temperature is 2\d K .*is it in degC"):
            thermal.solve_transient(problem, start, [1.0])
    assert thermal.celsius([0.0, 25.0]).tolist() == [273.15, 298.15]
    assert thermal.celsius(thermal.Table("t", [0, 9], [0, 25], hold=True)).values == [273.15, 298.15]


def test_every_fault_is_told_at_once():
    with pytest.raises(SolveError) as refused:
        thermal.conduction(STACK, {"steel": -1.0}, {"foamy": 5.0}, convection={"left": (1.0, 300.0)})
    assert str(refused.value).count("\n") == 4


def test_a_contact_of_the_mesh_needs_a_conductance_above_zero():
    with pytest.raises(SolveError, match=r"give contact=\{'steel\|foam': h\}"):
        thermal.conduction(SPLIT, 1.0, temperature={"start": 300.0})
    with pytest.raises(SolveError, match="contact at steel"):
        thermal.conduction(SPLIT, 1.0, temperature={"start": 300.0}, contact={"steel|foam": 0.0})
    with pytest.raises(SolveError, match="thickness"):
        thermal.layer(0.0, 0.5)


@pytest.mark.parametrize("held", [{}, {"flux": {"start": 100.0}}, {"convection": {"start": (0.0, 300.0)}}])
def test_a_body_that_nothing_holds_has_no_steady_state(held):
    with pytest.raises(SolveError, match="nothing fixes the temperature of foam, steel"):
        thermal.solve_steady(thermal.conduction(STACK, 1.0, **held))


def test_a_part_that_touches_nothing_held_is_named():
    mesh = thermal.mesh_boxes({"held": (0, 0, 0, 1, 1, 1), "loose": (2, 0, 0, 3, 1, 1)}, divisions=1)
    with pytest.raises(SolveError, match="nothing fixes the temperature of loose:"):
        thermal.solve_steady(thermal.conduction(mesh, 1.0, temperature={"held.x-": 300.0}))


def test_a_transient_asks_for_what_it_needs():
    held = {"temperature": {"start": 300.0}}
    still = thermal.conduction(STACK, 1.0, **held)
    with pytest.raises(SolveError, match="needs rho_cp"):
        thermal.solve_transient(still, 300.0, [1.0])
    problem = thermal.conduction(STACK, 1.0, rho_cp=1e6, **held)
    for times in ([], [0.0, 5.0], [5.0, 5.0], [5.0, 2.0], [float("nan")], "x"):
        with pytest.raises(SolveError, match="times"):
            thermal.solve_transient(problem, 300.0, times)
    for more in ({"tolerance_K": 0.0}, {"first_step": 0.0}, {"longest_step": -1.0}):
        with pytest.raises(SolveError, match="above 0"):
            thermal.solve_transient(problem, 300.0, [1.0], **more)
    with pytest.raises(SolveError, match="did you mean 'steel'"):
        thermal.solve_transient(problem, {"steal": 300.0, "foam": 310.0}, [1.0])
    with pytest.raises(SolveError, match=r"add 273\.15 to degC"):
        thermal.solve_transient(problem, -20.0, [1.0])
    with pytest.raises(SolveError, match="has shape"):
        thermal.solve_transient(problem, [300.0, 310.0], [1.0])
    table = thermal.conduction(STACK, 1.0, rho_cp=1e6, temperature={"start": thermal.Table("t", [0, 10], [300, 310])})
    with pytest.raises(SolveError, match=r"its table is over t = 0 to 10 s, and the run from 0 to 20 s"):
        thermal.solve_transient(table, 300.0, [20.0])


def test_a_solution_knows_its_names_and_its_extent():
    solution = thermal.solve_steady(thermal.conduction(STACK, 1.0, temperature={"start": 300.0}))
    with pytest.raises(SolveError, match="no region is called 'stel'; did you mean 'steel'"):
        solution.mean("stel")
    with pytest.raises(SolveError, match="no boundary is called 'strt'; did you mean 'start'"):
        solution.heat_out("strt")
    with pytest.raises(SolveError, match="lies in no element"):
        solution.at(0.5)
    with pytest.raises(SolveError, match="degree 1 or 2"):
        thermal.solve_steady(thermal.conduction(STACK, 1.0, temperature={"start": 300.0}), degree=3)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: thermal.mesh_layers([]), "no layers"),
        (lambda: thermal.mesh_layers([("a", 1.0), ("a", 1.0)]), "two layers are called a"),
        (lambda: thermal.mesh_layers([("a", 1.0)], divisions=2.5), "x: divisions are whole numbers"),
        (lambda: thermal.mesh_boxes({"a": (0, 0, 0, 1, 1, 1)}, divisions=0), "at least 1 element"),
        (lambda: thermal.mesh_layers([("a", -1.0)]), "thickness is -1"),
        (lambda: thermal.mesh_layers([("a", 1.0)], area=0.0), "area"),
        (lambda: thermal.mesh_sphere([("a", 1.0)], inner=-1.0), "inner radius"),
        (lambda: thermal.mesh_revolved({"a": (-1, 0, 1, 1)}, divisions=(2, 2)), "radius is at least 0"),
        (lambda: thermal.mesh_revolved({"a": (0, 0, 1)}, divisions=(2, 2)), "two corners"),
        (lambda: thermal.mesh_boxes({"a": (0, 0, 1)}, divisions=2), "two corners"),
    ],
)
def test_a_body_that_cannot_be_is_refused(make, told):
    with pytest.raises(MeshError, match=told):
        make()


def test_the_api_gives_every_name_it_lists_and_loads_it_only_then():
    import subprocess
    import sys

    for name in thermal.__all__:
        assert getattr(thermal, name) is not None
    assert dir(thermal) == sorted(thermal.__all__)
    with pytest.raises(AttributeError, match=r"packtool.thermal has no 'solve'"):
        _ = thermal.solve
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from packtool import thermal; print('numpy' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: thermal.mesh_layers([("slab", "thick")]), "layer slab: its thickness is 'thick'"),
        (lambda: thermal.mesh_boxes({"slab": (0, 0, 0, 1, 1, "high")}, divisions=2), "box slab: its z extent is from 0 to 'high'"),
        (lambda: thermal.conduction(
            thermal.mesh_layers([("slab", 0.1)]), 1.0, convection={"end": thermal.Convection(5.0, 300.0, 0.0, "much")}
        ), "series_h is 'much'"),
    ],
)  # fmt: skip
def test_words_in_place_of_numbers_are_refused_by_their_name(made, told):
    with pytest.raises((MeshError, SolveError), match=told):
        made()
