"""Verification of steady conduction: convection, contacts, orthotropy, full tensors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.grid_lines import Counts, Lines, interval, joined
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.evaluate import contact_heat, region_values, values_at
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.steady import solve_steady
from packtool.verification.records import Row, VerificationCase

ZERO_CELSIUS = 273.15


def even_heat(power: Floats) -> Heat:
    """The heat of every region [W], whatever its temperature."""
    return Heat(lambda _T: (power, np.zeros_like(power)))


def along_x(mesh: TaggedMesh, T: Floats) -> tuple[Floats, Floats]:
    """Coordinates and temperatures of a bar one element thick, along its edge y = z = 0, in ascending x; both sides of a contact."""
    edge = np.flatnonzero((mesh.points[:, 1] == 0) & (mesh.points[:, 2] == 0))
    edge = edge[np.lexsort((edge, mesh.points[edge, 0]))]
    return mesh.points[edge, 0], T[edge]


def nafems_t4_temperature(coarseness: int = 1) -> float:
    """T [degC] at (0.6, 0.2) m of the NAFEMS T4 plate; ``coarseness`` divides the number of elements along each edge.

    The boundary condition changes at (0.6, 0): elements shrink towards it.
    """
    n = 24 // coarseness
    x = interval(0.0, 0.6, n, 1.12**coarseness, "end")
    y = joined([interval(0.0, 0.2, n, 1.12**coarseness, "start"), interval(0.2, 1.0, n, 1.05**coarseness, "start")])
    mesh = mesh_boxes(
        [Box("plate", "solid", "steel", 0, 0, 0, 0.6, 1.0, 0.01)],
        divisions=(Lines(list(x)), Lines(list(y)), 1),
        boundaries={"ymin": "hot", "xmax": "cooled", "ymax": "cooled"},
    )
    problem = ConductionProblem(
        mesh,
        np.eye(3)[None] * 52.0,
        convection={"cooled": Convection(750.0, ZERO_CELSIUS)},
        temperature={"hot": 100.0 + ZERO_CELSIUS},
    )
    return float(values_at(mesh, solve_steady(problem).T, np.array([[0.6, 0.2, 0.0]]))[0]) - ZERO_CELSIUS


def _nafems_t4() -> Iterator[Row]:
    yield Row("A1", "T(0.6, 0.2)", nafems_t4_temperature(), 18.2537565371, 0.001, "degC")


def _slab_with_contact() -> Iterator[Row]:
    """Two layers, the thick one heated, a contact resistance between them, both ends cooled."""
    mesh = mesh_boxes(
        [Box("A", "solid", "a", 0, 0, 0, 0.05, 0.01, 0.01), Box("B", "solid", "b", 0.05, 0, 0, 0.055, 0.01, 0.01)],
        divisions=(Counts((10, 2)), 1, 1),
        contacts=[("A", "B")],
        boundaries={"xmin": "left", "xmax": "right"},
    )
    area, inf = 1e-4, 20.0 + ZERO_CELSIUS
    problem = ConductionProblem(
        mesh,
        np.stack([np.eye(3) * 20.0, np.eye(3) * 0.5]),
        even_heat(np.array([5e4 * 0.05 * area, 0.0])),
        convection={"left": Convection(30.0, inf), "right": Convection(15.0, inf)},
        contact={"A|B": 1e3},
    )
    solution = solve_steady(problem)
    x, T = along_x(mesh, solution.T - ZERO_CELSIUS)
    last_of_A = int(np.flatnonzero(x == 0.05)[0])
    # inside A the exact field is a parabola, and linear elements are exact at the nodes: the parabola through the three warmest
    top = int(T[: last_of_A + 1].argmax())
    shape = np.polynomial.Polynomial.fit(x[top - 1 : top + 2], T[top - 1 : top + 2], 2)
    x_max = float(shape.deriv().roots()[0].real)
    jump = T[last_of_A] - T[last_of_A + 1]
    out = solution.balance.to_boundaries
    for quantity, value, reference in (
        ("T(0)", T[0], 77.94175233),
        ("T_max", float(shape(x_max)), 79.45251332),
        ("T_A- at the contact", T[last_of_A], 79.16238375),
        ("T_B+ at the contact", T[last_of_A + 1], 78.40063632),
        ("T_out", T[-1], 70.78316202),
    ):
        yield Row("A5", quantity, float(value), reference, 0.01, "degC", "absolute")
    yield Row("A5", "x of T_max", x_max * 1e3, 34.76505139, 0.001, "mm")
    yield Row("A5", "jump at the contact", float(jump), 0.7617474, 0.001, "K")
    yield Row("A5", "flux to the left", out["left"] / area, 1738.252570, 0.001, "W/m2")
    yield Row("A5", "flux to the right", out["right"] / area, 761.747430, 0.001, "W/m2")


def _stack_of_contacts() -> Iterator[Row]:
    boxes = [Box(name, "solid", name, 0.1 * i, 0, 0, 0.1 * (i + 1), 0.1, 0.1) for i, name in enumerate("ABC")]
    mesh = mesh_boxes(
        boxes, divisions=(2, 1, 1), contacts=[("A", "B"), ("B", "C")], boundaries={"xmin": "hot side", "xmax": "cold side"}
    )
    problem = ConductionProblem(
        mesh,
        np.eye(3) * np.array([10.0, 2.0, 10.0])[:, None, None],
        convection={"hot side": Convection(1000.0, 500.0), "cold side": Convection(1000.0, 300.0)},
        contact={"A|B": 1 / 0.01, "B|C": 1 / 0.02},
    )
    solution = solve_steady(problem, rtol=1e-10)
    x, T = along_x(mesh, solution.T)
    faces = np.isin(np.round(x, 9), (0.0, 0.1, 0.2, 0.3))
    yield Row("A6", "flux", contact_heat(problem, solution.T, "A|B") / 0.01, 1960.784314, 1e-6, "W/m2")
    names = ("hot end", "A at A|B", "B at A|B", "B at B|C", "C at B|C", "cold end")
    references = (498.039216, 478.431373, 458.823529, 360.784314, 321.568627, 301.960784)
    for name, value, reference in zip(names, T[faces], references, strict=True):
        yield Row("A6", f"T {name}", float(value), reference, 1e-6, "K")


CUBOID_REFERENCE = {
    "centre": 12.9178904,
    "corner": 5.4535263,
    "x face centre": 6.1580331,
    "y face centre": 12.5441449,
    "z face centre": 11.7552801,
    "mean": 11.0758593,
}
"""A7: temperature rises [K]."""


def cuboid_rises(divisions: tuple[int, int, int] = (24, 12, 12)) -> dict[str, float]:
    """A7's rises [K], by one eighth of the cuboid with its three planes of symmetry; ``divisions`` along x, y, z of the eighth.

    Elements shrink towards the cooled faces, most along x, where the cuboid conducts worst.
    """
    size = (0.05, 0.03, 0.02)
    lines = [
        interval(0.0, a, n, growth, "end")
        for a, n, growth in zip(size, divisions, (1.15 ** (24 / divisions[0]), 1.0, 1.0), strict=True)
    ]
    mesh = mesh_boxes(
        [Box("eighth", "solid", "orthotropic", 0, 0, 0, *size)],
        divisions=(Lines(list(lines[0])), Lines(list(lines[1])), Lines(list(lines[2]))),
        boundaries={"xmax": "cooled", "ymax": "cooled", "zmax": "cooled"},
    )
    inf = 300.0
    problem = ConductionProblem(
        mesh,
        np.diag([0.5, 25.0, 5.0])[None],
        even_heat(np.array([5e4 * np.prod(size)])),
        convection={"cooled": Convection(50.0, inf)},
    )
    T = solve_steady(problem).T
    a, b, c = size
    points = np.array([[0, 0, 0], [a, b, c], [a, 0, 0], [0, b, 0], [0, 0, c]])
    rises = [*(values_at(mesh, T, points) - inf), region_values(mesh, T).mean[0] - inf]
    return dict(zip(CUBOID_REFERENCE, (float(rise) for rise in rises), strict=True))


def _orthotropic_cuboid() -> Iterator[Row]:
    for quantity, value in cuboid_rises().items():
        yield Row("A7", quantity, value, CUBOID_REFERENCE[quantity], 0.002, "K")


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


def conduction_cases() -> tuple[VerificationCase, ...]:
    """A1, A5, A6, A7, A14."""
    closed = "closed form, shared verification list"
    return (
        VerificationCase(
            "A1", "NAFEMS T4: plate with convection and a prescribed temperature", "NAFEMS T4; code_aster V4.05.300", _nafems_t4
        ),
        VerificationCase("A5", "Two layers with a contact resistance, heated, cooled at both ends", closed, _slab_with_contact),
        VerificationCase(
            "A6", "Stack of three layers with contacts", "inputs of lim1tr stack_contact.yaml; closed form", _stack_of_contacts
        ),
        VerificationCase("A7", "Orthotropic cuboid, convection on six faces", "double series", _orthotropic_cuboid),
        VerificationCase(
            "A14", "Manufactured solution with a full conductivity tensor", "method of manufactured solutions", _manufactured
        ),
    )
