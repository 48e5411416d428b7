"""A conduction problem from plain numbers, tables and functions under the names of regions, boundaries and contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import TaggedMesh
from packtool.thermal.general.capacity import Capacity, PhaseChange, capacity
from packtool.thermal.general.faults import Faults, every, matched, some
from packtool.thermal.general.units import COLDEST_K, melting_in_celsius, radiant_law, temperature_law
from packtool.thermal.general.values import Law, Tensor, law, tensor
from packtool.thermal.records import Convection

PLACE_TIME = ("x", "y", "z", "r", "t")


@dataclass(frozen=True, slots=True)
class Radiation:
    """Grey radiation to surroundings: emissivity sigma (T^4 - T_surroundings^4). ``emissivity`` 0..1 and ``T_surroundings`` [K]: Values.
    Above 0 K: empty space is 2.7 K."""

    emissivity: Any
    T_surroundings: Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One boundary's exchange: h (T - T_ambient) + emissivity sigma (T^4 - T_surroundings^4), behind ``series_h`` [W/m²/K] or None."""

    boundary: str
    h: Law
    T_ambient: Law
    emissivity: Law
    T_surroundings: Law
    series_h: float | None


@dataclass(frozen=True, slots=True)
class Electric:
    """Currents that heat what they pass: -div(1/resistivity grad V) = 0, two-way with the temperature.

    ``resistivity`` [ohm m] by region, a Value (of T, too); regions left out insulate. Terminals are boundaries, each at one
    potential: ``current`` [A, into the solid] or ``voltage`` [V], numbers or Values of t. ``contact_resistance`` [ohm m²] by
    contact; contacts left out insulate.
    """

    resistivity: Mapping[str, Any]
    current: Mapping[str, Any] = field(default_factory=dict)
    voltage: Mapping[str, Any] = field(default_factory=dict)
    contact_resistance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ElectricLaws:
    """``Electric`` made ready, by name."""

    resistivity: Mapping[str, Law]
    current: Mapping[str, Law]
    voltage: Mapping[str, Law]
    contact_resistance: Mapping[str, Law]


@dataclass(frozen=True)
class HeatProblem:
    """Ready to be solved: one entry a region of ``mesh``, boundaries and contacts by name. Made by ``conduction``."""

    mesh: TaggedMesh
    conductivity: tuple[Tensor, ...]
    source: tuple[Law | None, ...]
    power: tuple[Law | None, ...]
    capacity: tuple[Capacity, ...] | None
    exchange: tuple[Exchange, ...]
    temperature: Mapping[str, Law]
    flux: Mapping[str, Law]
    contact: Mapping[str, Law]
    electric: ElectricLaws | None = None
    coldest: float = COLDEST_K

    @property
    def laws(self) -> tuple[Law, ...]:
        """Every law of the problem but those of the capacity, which do not know time."""
        laws = [*self.temperature.values(), *self.flux.values(), *self.contact.values(), *(s for s in self.source if s)]
        laws += [p for p in self.power if p]
        laws += [a for e in self.exchange for a in (e.h, e.T_ambient, e.emissivity, e.T_surroundings)]
        laws += [a for K in self.conductivity for a in K.laws]
        if self.electric:
            laws += [*self.electric.current.values(), *self.electric.voltage.values()]
        return tuple(laws)

    @property
    def breakpoints(self) -> frozenset[float]:
        """Times [s] at which a table over time has a point."""
        return frozenset(t for a in self.laws for t in a.breakpoints)


def layer(thickness: float, k: float) -> float:
    """The conductance [W/m²/K] of a thin layer of ``thickness`` [m] and conductivity ``k`` [W/m/K], for ``contact`` and ``series_h``."""
    if not (thickness > 0 and k > 0):
        raise SolveError(f"a layer has a thickness [m] and a conductivity [W/m/K] above 0; got {thickness!r} and {k!r}")
    return k / thickness


def conduction(
    mesh: TaggedMesh,
    k: Any,
    power: Mapping[str, Any] | None = None,
    *,
    source: Any = None,
    convection: Mapping[str, Any] | None = None,
    radiation: Mapping[str, Any] | None = None,
    temperature: Mapping[str, Any] | None = None,
    flux: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    rho_cp: Any = None,
    electric: Electric | None = None,
    coldest: float = COLDEST_K,
) -> HeatProblem:
    """The problem of a mesh whose regions conduct ``k`` and make ``power`` or ``source``; what is named nowhere makes no heat.

    By region, or one for all: ``k`` [W/m/K] one value, three along x, y, z, a symmetric (3, 3) tensor or ``rotated(...)``;
    ``rho_cp`` [J/m³/K] or a PhaseChange, for transients; ``source`` [W/m³]. By region: ``power`` [W], even over its volume. By
    boundary: ``convection`` a Convection(h, T_ambient) or that pair; ``radiation`` a Radiation(emissivity, T_surroundings) or
    that pair; ``temperature`` [K]; ``flux`` [W/m², into the solid]. By contact: ``contact`` [W/m²/K], see ``layer``.
    Temperatures are in kelvin (``celsius(25)``): below ``coldest`` [K] they are taken for degC and refused; 0 for problems that are colder,
    or without units. ``electric``: currents that heat their conductors, an Electric. Boundaries may be named with ``*``: it takes every boundary that fits and that the same argument does not name in full.

    Every value is a number, a Table, or a function of some of x, y, z, r [m], t [s], T [K]; T is the temperature at the place (of
    the surface, in ``convection``). Raises SolveError with all that is missing, unknown (with the nearest name) or impossible.
    """
    faults = Faults()
    if not (np.isfinite(coldest) and coldest >= 0):
        raise SolveError(f"coldest is {coldest!r}; wanted a temperature [K] of at least 0")
    names = [region.name for region in mesh.regions]
    radial = mesh.symmetry != "none"
    boundaries, contacts = list(mesh.boundaries), list(mesh.contacts)
    if mesh.ties:
        faults.add(
            f"the mesh has ties ({', '.join(mesh.ties)}), which only a pack's own solve joins; give a mesh whose parts share nodes"
        )
    by_k = every(faults, "k", k, names)
    conductivity = tuple(faults.get(lambda n=n: tensor(f"k of {n}", by_k[n])) for n in names if n in by_k)
    by_source = some(faults, "source", source, names)
    by_power = some(faults, "power", power, names)
    capacities = None
    if rho_cp is not None:
        by_capacity = every(faults, "rho_cp", rho_cp, names)
        capacities = tuple(
            faults.get(lambda n=n: capacity(f"rho_cp of {n}", by_capacity[n], radial)) for n in names if n in by_capacity
        )
        told = [melting_in_celsius(n, c.T_solidus, coldest) for n, c in by_capacity.items() if isinstance(c, PhaseChange)]
        faults.found += [one for one in told if one]
    fixed = {
        n: faults.get(lambda n=n, v=v: temperature_law(f"temperature at {n} [K]", v, coldest, may_need=PLACE_TIME))
        for n, v in matched(faults, "temperature", temperature, boundaries, "boundary").items()
    }
    fluxes = {
        n: faults.get(lambda n=n, v=v: law(f"flux at {n}", v))
        for n, v in matched(faults, "flux", flux, boundaries, "boundary").items()
    }
    conductances = {
        n: faults.get(lambda n=n, v=v: law(f"contact at {n}", v, lowest=0.0, strict=True))
        for n, v in matched(faults, "contact", contact, contacts, "contact").items()
    }
    exchange = [
        faults.get(lambda n=n, v=v: _convective(n, v, coldest))
        for n, v in matched(faults, "convection", convection, boundaries, "boundary").items()
    ]
    exchange += [
        faults.get(lambda n=n, v=v: _radiating(n, v, coldest))
        for n, v in matched(faults, "radiation", radiation, boundaries, "boundary").items()
    ]
    for name in contacts:
        if name not in conductances:
            faults.add(
                f"contact {name!r} of the mesh has no conductance: its two sides would not touch; give contact={{{name!r}: h}}"
            )
    for name in fixed:
        if name in fluxes or any(e and e.boundary == name for e in exchange):
            faults.add(f"boundary {name!r} has both a temperature and a flux, convection or radiation")
    sources = tuple(faults.get(lambda n=n: law(f"source of {n}", by_source[n])) if n in by_source else None for n in names)
    powers = tuple(faults.get(lambda n=n: law(f"power of {n}", by_power[n])) if n in by_power else None for n in names)
    currents = None if electric is None else _electric(faults, electric, names, boundaries, contacts)
    faults.tell()
    return HeatProblem(
        mesh, conductivity, sources, powers, capacities, tuple(exchange), fixed, fluxes, conductances, currents, coldest
    )


def _electric(
    faults: Faults, given: Electric, names: Sequence[str], boundaries: Sequence[str], contacts: Sequence[str]
) -> ElectricLaws | None:
    if not isinstance(given, Electric):
        faults.add(f"electric is {given!r}; wanted Electric(resistivity, current, voltage)")
        return None
    by_region = some(faults, "resistivity", given.resistivity, names)
    current = matched(faults, "current", given.current, boundaries, "boundary")
    voltage = matched(faults, "voltage", given.voltage, boundaries, "boundary")
    joint = matched(faults, "contact_resistance", given.contact_resistance, contacts, "contact")
    if not by_region:
        faults.add("electric: no region has a resistivity")
    if not voltage:
        faults.add("electric: no terminal has a voltage, so that nothing sets the potential; give voltage={boundary: 0.0}")
    faults.found += [f"terminal {name!r} has both a current and a voltage" for name in current if name in voltage]
    return ElectricLaws(
        {n: faults.get(lambda n=n, v=v: law(f"resistivity of {n}", v, lowest=0.0, strict=True)) for n, v in by_region.items()},
        {n: faults.get(lambda n=n, v=v: law(f"current at {n}", v, may_need=("t",))) for n, v in current.items()},
        {n: faults.get(lambda n=n, v=v: law(f"voltage at {n}", v, may_need=("t",))) for n, v in voltage.items()},
        {n: faults.get(lambda n=n, v=v: law(f"contact_resistance at {n}", v, lowest=0.0, strict=True)) for n, v in joint.items()},
    )


def _convective(name: str, given: Any, coldest: float) -> Exchange:
    if isinstance(given, tuple | list) and len(given) == 2:
        given = Convection(*given)
    if not isinstance(given, Convection):
        raise SolveError(f"convection at {name} is {given!r}; wanted Convection(h, T_ambient) or the pair (h, T_ambient)")
    ambient = temperature_law(f"T_ambient at {name} [K]", given.T_ambient, coldest, may_need=PLACE_TIME)
    series = given.series_h
    if series is not None and not (isinstance(series, int | float | np.number) and series > 0):
        raise SolveError(f"convection at {name}: series_h is {series!r}, wanted a positive conductance, or None for no resistance")
    return Exchange(
        name, law(f"h at {name}", given.h, lowest=0.0), ambient, _emissivity(name, given.emissivity), ambient, series
    )  # fmt: skip


def _radiating(name: str, given: Any, coldest: float) -> Exchange:
    if isinstance(given, tuple | list) and len(given) == 2:
        given = Radiation(*given)
    if not isinstance(given, Radiation):
        raise SolveError(f"radiation at {name} is {given!r}; wanted Radiation(emissivity, T_surroundings) or that pair")
    around = radiant_law(f"T_surroundings at {name} [K]", given.T_surroundings, coldest, may_need=PLACE_TIME)
    return Exchange(name, law("h", 0.0), around, _emissivity(name, given.emissivity), around, None)


def _emissivity(name: str, given: Any) -> Law:
    found = law(f"emissivity at {name}", given, lowest=0.0)
    if found.constant is not None and found.constant > 1:
        raise SolveError(f"emissivity at {name} is {found.constant:g}; wanted 0 to 1")
    return found
