"""Verification of steady conduction: convection, radiation, contacts, orthotropy, k(T), full tensors, bodies of revolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from packtool.mesh.bodies import mesh_layers, mesh_revolved
from packtool.mesh.boxes import mesh_boxes
from packtool.mesh.grid_lines import Counts, Lines, interval, joined
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.accuracy import Number, with_errors
from packtool.thermal.general.parts import heat_flows
from packtool.thermal.general.problem import conduction
from packtool.thermal.general.steady import solve_steady
from packtool.verification.records import Row, VerificationCase


def nafems_t4(n: int, degree: int = 1) -> dict[str, float]:
    """T [degC] at (0.6, 0.2) m of the NAFEMS T4 plate; ``n`` elements across its width.

    The boundary condition changes at (0.6, 0): elements shrink towards it.
    """
    x = interval(0.0, 0.6, n, 1.12 ** (24 / n), "end")
    y = joined([interval(0.0, 0.2, n, 1.12 ** (24 / n), "start"), interval(0.2, 1.0, n, 1.05 ** (24 / n), "start")])
    mesh = mesh_boxes(
        {"plate": (0, 0, 0, 0.6, 1.0, 0.01)},
        divisions=(Lines(list(x)), Lines(list(y)), 1),
        boundaries={"ymin": "hot", "xmax": "cooled", "ymax": "cooled"},
    )
    problem = conduction(mesh, 52.0, convection={"cooled": (750.0, ZERO_CELSIUS)}, temperature={"hot": 100 + ZERO_CELSIUS})
    return {"T(0.6, 0.2)": solve_steady(problem, degree=degree).at([0.6, 0.2]) - ZERO_CELSIUS}


def _nafems_t4() -> Iterator[Row]:
    number = with_errors(nafems_t4, 24)["T(0.6, 0.2)"]
    yield Row("A1", "T(0.6, 0.2)", number.value, 18.2537565371, 0.001, "degC", estimate=number.error)


def _nafems_t2() -> Iterator[Row]:
    """Radiation at the end of a bar; sigma is CODATA 2018's, as everywhere here."""

    def run(n: int) -> dict[str, float]:
        problem = conduction(
            mesh_layers([("bar", 0.1)], divisions=n), 55.6, temperature={"start": 1000.0}, radiation={"end": (0.98, 300.0)}
        )
        solution = solve_steady(problem)
        return {"T(L)": solution.at(0.1), "flux": solution.heat_out("end")}

    found = with_errors(run, 4)
    yield _row("A2", "T(L)", found, 927.0039505, 0.01, "K", "absolute")
    yield _row("A2", "flux", found, 40585.8036, 1e-6, "W/m2")


def nafems_flux_cylinder(n: int, degree: int = 1) -> dict[str, float]:
    """T(r = 0.04, z = 0.04) m [K] of the hollow cylinder with a heated band; ``n`` elements over its wall, on z twice as many."""
    mesh = mesh_revolved(
        {"below": (0.02, 0, 0.1, 0.04), "band": (0.02, 0.04, 0.1, 0.1), "above": (0.02, 0.1, 0.1, 0.14)},
        divisions=(Counts(n, 1.1 ** (16 / n), "start"), [n // 2, n, n // 2]),
        boundaries={"rmax": "cold", "zmin": "cold", "zmax": "cold", "band.r-": "heated"},
    )
    problem = conduction(mesh, 52.0, temperature={"cold": ZERO_CELSIUS}, flux={"heated": 5e5})
    return {"T(0.04, 0.04)": solve_steady(problem, degree=degree).at([[0.04, 0.04]])[0]}


def _nafems_flux_cylinder() -> Iterator[Row]:
    found = with_errors(lambda n: nafems_flux_cylinder(n, 2), 16, degree=2)
    yield _row("A3", "T(0.04, 0.04)", found, 332.970513922, 0.001, "K", scale=332.970513922 - ZERO_CELSIUS)


def _slab_with_contact() -> Iterator[Row]:
    """Two layers, the thick one heated, a contact resistance between them, both ends cooled."""
    inf = 20.0 + ZERO_CELSIUS
    mesh = mesh_layers([("A", 0.05), ("B", 0.005)], divisions=Counts((10, 2)), contacts=[("A", "B")])
    problem = conduction(
        mesh,
        {"A": 20.0, "B": 0.5},
        source={"A": 5e4},
        convection={"start": (30.0, inf), "end": (15.0, inf)},
        contact={"A|B": 1 / 1e-3},
    )
    solution = solve_steady(problem, degree=2)  # exact: the field is a parabola
    warmest = solution.maximum()
    joint = mesh.contacts["A|B"]
    A, B = (float(solution.T[facets[0, 0]]) for facets in (joint.minus, joint.plus))
    for quantity, value, reference in (
        ("T(0)", solution.at(0.0), 77.94175233),
        ("T_A- at the contact", A, 79.16238375),
        ("T_B+ at the contact", B, 78.40063632),
        ("T_out", solution.at(0.055), 70.78316202),
    ):
        yield Row("A5", quantity, value - ZERO_CELSIUS, reference, 0.01, "degC", "absolute", estimate=1e-9 * value)
    yield Row("A5", "T_max", warmest.T - ZERO_CELSIUS, 79.45251332, 0.01, "degC", "absolute", estimate=1e-6)
    # found by halving a lattice of an element of 5 mm twelve times; the top of a parabola is flat
    yield Row("A5", "x of T_max", warmest.place[0] * 1e3, 34.76505139, 0.001, "mm", estimate=0.01)
    yield Row("A5", "jump at the contact", A - B, 0.7617474, 0.001, "K", estimate=1e-9 * A)
    yield Row("A5", "flux to the left", solution.heat_out("start"), 1738.252570, 0.001, "W/m2", estimate=2e-6)
    yield Row("A5", "flux to the right", solution.heat_out("end"), 761.747430, 0.001, "W/m2", estimate=1e-6)


def _stack_of_contacts() -> Iterator[Row]:
    mesh = mesh_layers([("A", 0.1), ("B", 0.1), ("C", 0.1)], divisions=2, contacts=[("A", "B"), ("B", "C")])
    problem = conduction(
        mesh,
        {"A": 10.0, "B": 2.0, "C": 10.0},
        convection={"start": (1000.0, 500.0), "end": (1000.0, 300.0)},
        contact={"A|B": 1 / 0.01, "B|C": 1 / 0.02},
    )
    solution = solve_steady(problem)  # exact: the field is linear in every layer
    yield Row("A6", "flux", heat_flows(solution).between["A", "B"], 1960.784314, 1e-6, "W/m2", estimate=2e-6)
    first, second = mesh.contacts["A|B"], mesh.contacts["B|C"]
    nodes = (None, first.minus, first.plus, second.minus, second.plus, None)
    names = ("hot end", "A at A|B", "B at A|B", "B at B|C", "C at B|C", "cold end")
    references = (498.039216, 478.431373, 458.823529, 360.784314, 321.568627, 301.960784)
    ends = iter((solution.at(0.0), solution.at(0.3)))
    for name, facets, reference in zip(names, nodes, references, strict=True):
        value = next(ends) if facets is None else float(solution.T[facets[0, 0]])
        yield Row("A6", f"T {name}", value, reference, 1e-6, "K", estimate=1e-9 * value)


CUBOID_REFERENCE = {
    "centre": 12.9178904,
    "corner": 5.4535263,
    "x face centre": 6.1580331,
    "y face centre": 12.5441449,
    "z face centre": 11.7552801,
    "mean": 11.0758593,
}
"""A7: temperature rises [K]."""


def cuboid_rises(n: int, degree: int = 1) -> dict[str, float]:
    """A7's rises [K], by one eighth of the cuboid with its three planes of symmetry; ``n`` elements along x of the eighth, half as
    many along y and z.

    Elements shrink towards the cooled faces, most along x, where the cuboid conducts worst.
    """
    a, b, c = 0.05, 0.03, 0.02
    mesh = mesh_boxes(
        {"eighth": (0, 0, 0, a, b, c)},
        divisions=(Counts(n, 1.15 ** (24 / n), "end"), max(n // 2, 1), max(n // 2, 1)),
        boundaries={"xmax": "cooled", "ymax": "cooled", "zmax": "cooled"},
    )
    inf = 300.0
    problem = conduction(mesh, (0.5, 25.0, 5.0), source=5e4, convection={"cooled": (50.0, inf)})
    solution = solve_steady(problem, degree=degree)
    places = solution.at([[0, 0, 0], [a, b, c], [a, 0, 0], [0, b, 0], [0, 0, c]])
    return dict(zip(CUBOID_REFERENCE, (float(T) - inf for T in (*places, solution.mean())), strict=True))


def _orthotropic_cuboid() -> Iterator[Row]:
    found = with_errors(lambda n: cuboid_rises(n, 2), 12, degree=2)
    for quantity, reference in CUBOID_REFERENCE.items():
        yield _row("A7", quantity, found, reference, 0.002, "K")


def _fin() -> Iterator[Row]:
    """The reference is one-dimensional theory; in three dimensions a fin of Bi = 2.5e-4 differs by less than 0.1 %."""
    L, w, t, inf = 0.06, 0.02, 0.002, 25.0 + ZERO_CELSIUS

    def run(n: int) -> dict[str, float]:
        mesh = mesh_boxes({"fin": (0, 0, 0, L, w, t)}, divisions=(n, 2, 1), boundaries={"xmin": "base"})
        problem = conduction(mesh, 160.0, temperature={"base": 60.0 + ZERO_CELSIUS}, convection={"fin.*": (40.0, inf)})
        solution = solve_steady(problem, degree=2)
        return {"heat at the base": -solution.heat_out("base"), "T_tip": solution.boundary_mean("fin.x+") - ZERO_CELSIUS}

    found = with_errors(run, 12, degree=2)
    yield _row("A11", "heat at the base", found, 2.84461328, 0.003, "W")
    yield _row("A11", "T_tip", found, 47.5107939, 0.003, "degC", scale=60.0 - 25.0)


def _warm_slab() -> Iterator[Row]:
    """k = 1.5 (1 + 0.004 T) with T in degC; heated, one side held, the other adiabatic."""

    def run(n: int) -> dict[str, float]:
        problem = conduction(
            mesh_layers([("slab", 0.02)], divisions=n),
            lambda T: 1.5 * (1 + 0.004 * (T - ZERO_CELSIUS)),
            source=3e4,
            temperature={"end": ZERO_CELSIUS},
        )
        return {"T(0)": solve_steady(problem, degree=2).at(0.0) - ZERO_CELSIUS}

    yield _row("A13", "T(0)", with_errors(run, 8, degree=2), 3.96850199, 1e-4, "degC")


def _manufactured() -> Iterator[Row]:
    from packtool.thermal.manufactured import manufactured_run

    K = np.array([[2.0, 0.5, 0.0], [0.5, 3.0, -0.4], [0.0, -0.4, 1.0]])
    runs = {
        (degree, n): manufactured_run(
            n, degree, K, lambda x, m: 300.0 + 20.0 * m.sin(m.pi * x[0]) * m.cos(m.pi * x[1]) * m.exp(x[2]), (0.3, 0.4, 0.6)
        )
        for degree, n in ((1, 8), (1, 16), (2, 5), (2, 10))
    }
    for degree, coarse, fine in ((1, (1, 8), (1, 16)), (2, (2, 5), (2, 10))):
        for norm, order in (("L2", degree + 1), ("H1", degree)):
            rate = np.log2(getattr(runs[coarse], norm) / getattr(runs[fine], norm))
            yield Row("A14", f"{norm} order, degree {degree}", float(rate), float(order), 0.1, "-", "absolute")
    best = runs[2, 10]
    yield Row("A14", "source at (.3, .4, .6)", best.source, 571.0708542, 1e-9, "W/m3")
    # the point is a node; quadratic elements of 0.1 m leave well below 1e-4 of the amplitude of 20 K there
    yield Row("A14", "T at (.3, .4, .6)", best.T, 309.1105940, 2e-3, "K", "absolute")


def _row(
    case: str,
    quantity: str,
    found: Mapping[str, Number],
    reference: float,
    tolerance: float,
    unit: str,
    measure: str = "relative",
    scale: float | None = None,
) -> Row:
    number = found[quantity]
    return Row(case, quantity, number.value, reference, tolerance, unit, measure, scale, number.error)  # type: ignore[arg-type]


def conduction_cases() -> tuple[VerificationCase, ...]:
    """A1, A2, A3, A5, A6, A7, A11, A13, A14."""
    closed = "closed form, shared verification list"
    return (
        VerificationCase(
            "A1", "NAFEMS T4: plate with convection and a prescribed temperature", "NAFEMS T4; code_aster V4.05.300", _nafems_t4
        ),
        VerificationCase(
            "A2", "NAFEMS T2: bar that radiates at its end", "inputs of feenox tests/nafems-t2-1d.fee; closed form", _nafems_t2
        ),
        VerificationCase(
            "A3",
            "NAFEMS: hollow cylinder with a heated band",
            "inputs of pmsim examples/heat_mathematica_axisym_nafems.rs; series",
            _nafems_flux_cylinder,
        ),
        VerificationCase("A5", "Two layers with a contact resistance, heated, cooled at both ends", closed, _slab_with_contact),
        VerificationCase(
            "A6", "Stack of three layers with contacts", "inputs of lim1tr stack_contact.yaml; closed form", _stack_of_contacts
        ),
        VerificationCase("A7", "Orthotropic cuboid, convection on six faces", "double series", _orthotropic_cuboid),
        VerificationCase("A11", "Fin with a convective tip", "Incropera table 3.4", _fin),
        VerificationCase("A13", "Slab whose conductivity grows with temperature", "Kirchhoff transform", _warm_slab),
        VerificationCase(
            "A14", "Manufactured solution with a full conductivity tensor", "method of manufactured solutions", _manufactured
        ),
    )
