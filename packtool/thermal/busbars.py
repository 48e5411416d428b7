"""The busbars of a pack: what the currents of its cells lose in them, which cell takes that heat, and how warm a bar gets.

Each kind of bar is solved once, on its own (busbar_shape). Its seats are at the temperatures of the cells that it joins; what of it stands beside
them gives heat to the lid (busbar_film), and the rest of its heat goes into the cells. Without a film, heat of a path between two seats goes half to
either, whatever the shape: with T + V² / (2 k rho) harmonic, seat i takes the sum over j of g_ij (V_i - V_j)² / 2. Heat that bars would carry
from cell to cell is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from packtool.design.loaded import LoadedDesign
from packtool.errors import SolveError
from packtool.layout.bar_seats import Seat, SeatedBar, seated_bars
from packtool.layout.records import Layout, Product
from packtool.mesh.busbars import bar_meshes
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS
from packtool.thermal.busbar_film import BarFilm, bar_films
from packtool.thermal.busbar_shape import BarShape, reduced, resistance

LORENZ = 2.443e-8
"""V²/K²: electric resistance of a contact of metals times the heat that it conducts per kelvin, at 1 K (Wiedemann and Franz; pi²/3 (k_B/e)²
by Sommerfeld's theory of metals)."""
CONTACT_K = 313.15
"""Temperature at which contacts conduct heat [K]: 10 K more or less are 3 % of that."""


@dataclass(frozen=True)
class BarKind:
    """Busbars of one ``shape`` with n seats: ``joints`` (m,) their places in the layout's order, ``cells`` (m, n_cells) whose poles the first
    seats are (then, maybe, the pack's cable), ``sign`` (m, n_cells): 1 where a cell's discharge current enters the bar, -1 where it leaves;
    ``whole``: they carry the current of all strings.

    ``potential`` (n, n) [1/m]: of the seats, over resistivity and the currents into them. ``warmth`` (n, n) [K/W]: how much warmer than the
    cells the bar is at its seats by heat made towards each. ``carried`` (n, n_cells): how warm cells make the seats; its
    transpose: which cell takes the heat made towards a seat; what is missing of 1 in a row's sum is the ambient's. ``leak`` (n_cells,) [W/K]:
    from each cell through the bar to the ambient; None: no film.
    """

    shape: BarShape
    joints: Integers
    cells: Integers
    sign: Floats
    whole: bool
    potential: Floats
    warmth: Floats
    carried: Floats
    leak: Floats | None


@dataclass(frozen=True)
class BarLoss:
    """By joint (n_joints,) ``power`` [W]; by cell (n_cells,) the ``heat`` that it takes [W], and its ``slope`` by the cell's own
    temperature [W/K]; what goes to the ``ambient`` [W]."""

    power: Floats
    heat: Floats
    slope: Floats
    ambient: float


@dataclass(frozen=True)
class BarPlaces:
    """By joint (n_joints,): the ``hottest`` temperature [K], its ``rise`` [K] over that of the cells that the bar joins, the ``density``
    [A/m²] of the current where it is densest, the ``current`` [A] from group to group."""

    hottest: Floats
    rise: Floats
    density: Floats
    current: Floats


@dataclass(frozen=True)
class _Flow:
    """What currents do in the bars of one kind, as long as their resistivity is not known: ``own`` (m, n) [A] into each seat, ``unit`` (m, n)
    [A/m]: their potentials over resistivity, ``made`` (m,) [A²/m]: heat over it, ``towards`` (m, n) of it to the seats; ``lost`` (m, n_cells) [W]
    in the contacts, ``leaked`` (m, n_cells) [W] from the cells to the ambient.
    Their mean temperature is ``base`` + ``by_contact`` + ``by_heat`` times resistivity: (m,) [K], [K], [K/(ohm m)]."""

    kind: BarKind
    own: Floats
    unit: Floats
    made: Floats
    towards: Floats
    lost: Floats
    leaked: Floats
    base: Floats
    by_contact: Floats
    by_heat: Floats


@dataclass(frozen=True)
class Busbars:
    """All of a pack: ``resistivity_20`` [ohm m] at 20 degC, its ``alpha`` [1/K], ``k`` [W/m/K], ``contact`` [ohm] between a pole and its bar;
    ``names`` (n_joints,) of the bars; ``T_ambient`` [K]."""

    kinds: tuple[BarKind, ...]
    resistivity_20: float
    alpha: float
    k: float
    contact: float
    names: tuple[str, ...]
    T_ambient: float

    @property
    def filmed(self) -> bool:
        """Whether any of them gives heat to the ambient."""
        return any(kind.leak is not None for kind in self.kinds)

    def carrying(self, current: Floats, T: Floats) -> BarCurrents:
        """The bars with the cells' ``current`` (n_cells,) [A], discharge > 0, at ``T`` (n_cells,) [K]."""
        return BarCurrents(self, tuple(self._flow(kind, current, T) for kind in self.kinds), len(T))

    def _flow(self, kind: BarKind, current: Floats, T: Floats) -> _Flow:
        shape, n = kind.shape, kind.cells.shape[1]
        into = kind.sign * current[kind.cells]
        own = into if len(shape.mean) == n else np.column_stack([into, -into.sum(axis=1)])
        unit = own @ kind.potential
        towards = unit * own - (unit**2 @ shape.flow) / 2
        made, leaked = towards.sum(axis=1), np.zeros_like(into)
        if shape.air is not None and kind.leak is not None:
            towards = towards - shape.air.taken(unit)
            leaked = kind.leak * (T[kind.cells] - self.T_ambient)
        lost = self.contact * into**2
        spread = (unit**2 @ shape.mean - ((unit @ shape.products) * unit).sum(axis=1)) / (2 * self.k)
        ahead = kind.warmth @ shape.mean
        weight = shape.mean @ kind.carried
        base = T[kind.cells] @ weight + self.T_ambient * (1 - weight.sum())
        return _Flow(kind, own, unit, made, towards, lost, leaked, base, lost @ ahead[:n] / 2, towards @ ahead + spread)

    @cached_property
    def of_strings(self) -> Busbars:
        """Only those that carry one string's current."""
        return replace(self, kinds=tuple(kind for kind in self.kinds if not kind.whole))

    @cached_property
    def of_pack(self) -> Busbars:
        """Only those that carry the current of all strings."""
        return replace(self, kinds=tuple(kind for kind in self.kinds if kind.whole))


@dataclass(frozen=True)
class BarCurrents:
    """The busbars with given currents of the cells; ``times`` (n_joints,): what these are multiplied by in each bar."""

    bars: Busbars
    flows: tuple[_Flow, ...]
    n_cells: int

    @cached_property
    def _made(self) -> Floats:
        return self._by_joint([flow.made for flow in self.flows])

    @cached_property
    def _lost(self) -> Floats:
        return self._by_joint([flow.lost.sum(axis=1) for flow in self.flows])

    def _by_joint(self, values: list[Floats]) -> Floats:
        found = np.zeros(len(self.bars.names))
        for flow, value in zip(self.flows, values, strict=True):
            found[flow.kind.joints] = value
        return found

    def resistivity(self, times: Floats) -> Floats:
        """(n_joints,) [ohm m] at the bars' own mean temperatures. Raises SolveError where a bar's heat raises its resistance without end."""
        bars, own = self.bars, times**2
        base, contact, heat = (self._by_joint([getattr(f, name) for f in self.flows]) for name in ("base", "by_contact", "by_heat"))
        left = 1.0 - bars.resistivity_20 * bars.alpha * heat * own
        if left.min(initial=1.0) <= 0:
            name = bars.names[int(left.argmin())]
            raise SolveError(
                f"{name} heats up without end: its heat raises its resistance faster than it can flow to the cells; make the busbars thicker or"
                " wider, or the current smaller"
            )
        return bars.resistivity_20 * (1.0 + bars.alpha * (base + contact * own - ZERO_CELSIUS - 20.0)) / left

    def made(self, rho: Floats) -> Floats:
        """(n_joints,) [W] of each bar of resistivity ``rho`` and its contacts; [ohm], where the currents are those of 1 A through it."""
        return rho * self._made + self._lost

    def loss(self, times: Floats, rho: Floats) -> BarLoss:
        """Heat of bars of resistivity ``rho``, and where it goes."""
        bars, own, ambient = self.bars, times**2, 0.0
        heat, slope, power = np.zeros(self.n_cells), np.zeros(self.n_cells), own * self.made(rho)
        for flow in self.flows:
            kind, n = flow.kind, flow.kind.cells.shape[1]
            joints, scale = kind.joints, own[flow.kind.joints, None]
            into = scale * rho[joints, None] * (flow.towards @ kind.carried)
            taken = into + scale * (flow.lost + flow.lost @ kind.carried[:n]) / 2 - flow.leaked
            heat += np.bincount(kind.cells.ravel(), taken.ravel(), self.n_cells)
            left = 1.0 - bars.resistivity_20 * bars.alpha * flow.by_heat * own[joints]
            steep = bars.resistivity_20 * bars.alpha / left / rho[joints]
            steeper = into * steep[:, None] * (kind.shape.mean @ kind.carried)
            steeper = steeper if kind.leak is None else steeper - kind.leak
            slope += np.bincount(kind.cells.ravel(), steeper.ravel(), self.n_cells)
            if kind.leak is not None:
                ambient += float(power[joints].sum() - taken.sum())
        return BarLoss(power, heat, slope, ambient)

    def places(self, times: Floats, T: Floats) -> BarPlaces:
        """How warm the bars get, and how dense their current, the cells being at ``T`` (n_cells,) [K]."""
        rho, found = self.resistivity(times), np.zeros((4, len(self.bars.names)))
        for flow in self.flows:
            kind, w, n = flow.kind, flow.kind.shape.hot, flow.kind.cells.shape[1]
            own, by_rho = times[kind.joints] ** 2, rho[kind.joints]
            at_seats = by_rho[:, None] * (flow.towards @ kind.warmth) + flow.lost @ kind.warmth[:n] / 2
            within = flow.unit**2 @ w - ((flow.unit @ kind.shape.hot_products) * flow.unit).sum(axis=1)
            made = own * (at_seats @ w + by_rho * within / (2 * self.bars.k))
            field = np.linalg.norm(flow.unit @ kind.shape.slope.T, axis=1)
            weight = w @ kind.carried
            cells = T[kind.cells] @ weight / weight.sum()
            warmest = cells * weight.sum() + self.bars.T_ambient * (1 - weight.sum()) + made
            through = [np.abs((flow.own[:, :n] * (kind.sign == sign)).sum(axis=1)) for sign in (1.0, -1.0)]
            found[:, kind.joints] = warmest, warmest - cells, *(np.abs(times[kind.joints]) * (field, np.maximum(*through)))
        return BarPlaces(*found)


def pack_busbars(loaded: LoadedDesign, layout: Layout, *, coarse: bool = False) -> Busbars:
    """The busbars of ``layout``; ``coarse``: on meshes with half the elements in each direction, for the error of what comes of them.

    Raises SolveError where the bars' material has no resistivity; MeshError, MissingPart as ``bar_meshes``.
    """
    given = loaded.design.busbars
    material = loaded.materials[given.material]
    if material.resistivity_ohm_m is None:
        raise SolveError(f"the resistivity of {material.id} is unknown: it cannot be a busbar")
    bars = seated_bars(layout)
    films = bar_films(loaded, layout, bars)
    alike: dict[tuple[Product, tuple[Seat, ...], BarFilm | None, bool], list[int]] = {}
    for number, (bar, film) in enumerate(zip(bars, films, strict=True)):
        alike.setdefault((bar.product, bar.seats, film, bar.joint.string == 0), []).append(number)
    firsts = tuple(numbers[0] for numbers in alike.values())
    shapes = _shapes(
        tuple((bars[first].product, bars[first].seats) for first in firsts),
        tuple(_even(bars[first]) for first in firsts),
        tuple(films[first] for first in firsts),
        given.thickness_mm,
        coarse,
    )
    place = {part.name: number for number, part in enumerate(layout.parts_of("cell"))}
    k, contact = material.k_W_mK.value, given.contact_uOhm * 1e-6
    return Busbars(
        kinds=tuple(
            _kind(shape, [bars[number] for number in numbers], np.array(numbers), place, k, contact)
            for shape, numbers in zip(shapes, alike.values(), strict=True)
        ),
        resistivity_20=material.resistivity_ohm_m.value,
        alpha=material.alpha_per_K.value if material.alpha_per_K is not None else 0.0,
        k=k,
        contact=contact,
        names=tuple(bar.joint.part for bar in bars),
        T_ambient=loaded.design.ambient.temperature_degC + ZERO_CELSIUS,
    )


@lru_cache(maxsize=8)
def _shapes(
    bars: tuple[tuple[Product, tuple[Seat, ...]], ...],
    currents: tuple[tuple[float, ...], ...],
    films: tuple[BarFilm | None, ...],
    thickness_mm: float,
    coarse: bool,
) -> tuple[BarShape, ...]:
    """The bars solved, each once: cases, meshes of the pack and looks at its errors have them in common."""
    meshes = bar_meshes(bars, halved=coarse)
    return tuple(
        reduced(mesh, own, thickness_mm * 1e-3, film.on(mesh) if film else None)
        for mesh, own, film in zip(meshes, currents, films, strict=True)
    )


def _even(bar: SeatedBar) -> tuple[float, ...]:
    """Currents [A] into the seats of a bar that carries 1 A, with cells in parallel sharing it evenly."""
    n_plus = sum(bar.plus)
    into = [1.0 / n_plus if plus else -1.0 / (len(bar.plus) - n_plus) for plus in bar.plus]
    return (*into, -sum(into)) if bar.cable else tuple(into)


def _kind(shape: BarShape, bars: list[SeatedBar], joints: Integers, place: dict[str, int], k: float, contact: float) -> BarKind:
    n, total = len(bars[0].cells), len(shape.mean)
    conducts = k * (shape.flow if shape.air is None else shape.flow + shape.air.escape)
    if contact:
        through = np.zeros(total)
        through[:n] = LORENZ * CONTACT_K / contact
        warmth = np.linalg.inv(conducts + np.diag(through))
        carried = warmth[:, :n] * through[:n]
    else:
        warmth, carried = np.zeros((total, total)), np.eye(total, n)
        if total > n:  # the cable takes no heat
            warmth[n, n] = 1 / conducts[n, n]
            carried[n] = -conducts[n, :n] / conducts[n, n]
    return BarKind(
        shape=shape,
        joints=joints,
        cells=np.array([[place[name] for name in bar.cells] for bar in bars]),
        sign=np.array([[1.0 if plus else -1.0 for plus in bar.plus] for bar in bars]),
        leak=None if shape.air is None else k * shape.air.escape.sum(axis=1) @ carried,
        whole=bars[0].joint.string == 0,
        potential=resistance(shape.flow),
        warmth=warmth,
        carried=carried,
    )
