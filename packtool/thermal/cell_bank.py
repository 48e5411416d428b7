"""The cells of a pack as an electrical network: groups of parallel cells in series, in one string or several in parallel, each cell an OCV
behind its resistance.

A cell's voltage is OCV(SOC) - I R(T, SOC), discharge > 0. The cells of a group have one voltage, so each takes (OCV_i - V) / R_i.
Its heat is I (OCV - V) - I T dOCV/dT (Bernardi et al., J. Electrochem. Soc. 132 (1985) 5-12, without mixing and phase terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from packtool.catalogue.properties import resistance_ohm
from packtool.catalogue.records import ResistanceTable, SocTable
from packtool.design.demand import Demand, Quantity
from packtool.mesh.records import Floats, Integers
from packtool.results import ZERO_CELSIUS
from packtool.thermal.busbars import Busbars

_ROUNDING_K = 1e-6


@dataclass(frozen=True)
class Instant:
    """The network at one instant. ``current`` of the pack [A], discharge > 0, and whether it is ``limited``, less than asked for by the
    cells' voltage window; ``voltage`` at the pack's terminals [V]; by group (n_groups,) ``group_voltage`` [V]; by cell (n_cells,)
    ``cell_current`` [A], what of it goes ``through`` its group, beside what evens the group's cells out, ``joule`` and ``reversible`` heat [W],
    ``busbar`` heat given to it [W]; busbar heat ``beside`` [W], to the ambient."""

    current: float
    limited: bool
    voltage: float
    group_voltage: Floats
    cell_current: Floats
    through: Floats
    joule: Floats
    reversible: Floats
    busbar: Floats
    beside: float


@dataclass(frozen=True)
class CellBank:
    """``group`` (n_cells,), 0 to n_groups - 1, string by string of ``n_strings``; ``capacity_As`` (n_cells,); ``own_ohm`` (n_cells,): a resistance of its own at any
    temperature, NaN where ``table`` holds, inf where the cell's circuit is open; ``ocv_V``, ``entropy_mV_K`` against SOC;
    ``v_min``, ``v_max`` of a cell [V]; the ``bars``, and ``joint_string`` (n_joints,): the string, from 1, whose current a bar carries,
    0: the pack's."""

    group: Integers
    n_groups: int
    capacity_As: Floats
    table: ResistanceTable
    own_ohm: Floats
    ocv_V: SocTable
    entropy_mV_K: SocTable
    v_min: float
    v_max: float
    bars: Busbars
    joint_string: Integers
    n_strings: int = 1

    def resistance(self, T: Floats, soc: Floats, known: bool = True) -> Floats:
        """Resistance (n_cells,) [ohm] at the cells' own ``T`` [K] and ``soc``. Below the table's first point SolveError is raised, or, with
        ``known`` False, its value held."""
        grid = np.asarray(self.table.temperature_degC) + ZERO_CELSIUS
        listed = np.isnan(self.own_ohm)
        coldest = float(T[listed].min()) if listed.any() else np.inf
        if known and coldest < grid[0] - _ROUNDING_K:
            resistance_ohm(self.table, coldest)  # which says what is missing
        if self.table.soc:
            rows = np.array([np.interp(-1.0 / T, -1.0 / grid, np.log(row)) for row in self.table.by_soc_mOhm])  # (m, n_cells)
            levels = np.asarray(self.table.soc)
            held = np.clip(soc, levels[0], levels[-1])
            above = np.clip(np.searchsorted(levels, held, side="right"), 1, len(levels) - 1)
            share = (held - levels[above - 1]) / (levels[above] - levels[above - 1])
            cell = np.arange(len(T))
            ln_R = rows[above - 1, cell] * (1 - share) + rows[above, cell] * share
        else:
            ln_R = np.interp(-1.0 / T, -1.0 / grid, np.log(self.table.resistance_mOhm))
        return np.where(listed, np.exp(ln_R) * 1e-3, self.own_ohm)

    def ocv(self, soc: Floats) -> Floats:
        """Open-circuit voltage (n_cells,) [V]; outside 0..1 the slope of the table's last interval goes on."""
        grid, volts = np.asarray(self.ocv_V.soc), np.asarray(self.ocv_V.value)
        first, last = (volts[1] - volts[0]) / (grid[1] - grid[0]), (volts[-1] - volts[-2]) / (grid[-1] - grid[-2])
        beyond = np.minimum(soc - grid[0], 0.0) * first + np.maximum(soc - grid[-1], 0.0) * last
        return np.asarray(np.interp(soc, grid, volts) + beyond)

    def evening_rate(self, T: Floats, soc: Floats) -> float:
        """How fast the fastest of the cells in parallel evens out with its group [1/s]: dOCV/dSOC / (R capacity); 0 without groups.
        No string evens out faster with the others than its fastest cell would."""
        if self.n_groups == len(self.group) and self.n_strings == 1:
            return 0.0
        grid, volts = np.asarray(self.ocv_V.soc), np.asarray(self.ocv_V.value)
        slope = (np.diff(volts) / np.diff(grid))[np.clip(np.searchsorted(grid, soc, side="right") - 1, 0, len(grid) - 2)]
        return float((slope / (self.resistance(T, soc, known=False) * self.capacity_As)).max())

    def at(self, quantity: Quantity, asked: float, T: Floats, soc: Floats) -> Instant:
        """The network where ``asked`` of ``quantity`` is demanded (discharge > 0), the cells being at ``T`` [K] and ``soc``."""
        conductance = 1.0 / self.resistance(T, soc, known=asked != 0)  # at rest only neighbours that even out make use of it
        ocv = self.ocv(soc)
        total = np.bincount(self.group, conductance, self.n_groups)
        open_V = np.bincount(self.group, ocv * conductance, self.n_groups) / total
        shared = self.joint_string == 0
        string = np.arange(self.n_groups) // (self.n_groups // self.n_strings)
        share, joint_current = conductance / total[self.group], np.zeros(len(self.joint_string))
        own = self.bars.of_strings.carrying(share, T)
        string_V = np.bincount(string, open_V, self.n_strings)
        for _ in range(2):  # the bars' own warmth, by which their resistance rises, by the current without it
            rho = own.resistivity(joint_current)
            bars = np.bincount(self.joint_string[~shared] - 1, own.made(rho)[~shared], self.n_strings)
            string_ohm = np.bincount(string, 1.0 / total, self.n_strings) + bars
            part = (1.0 / string_ohm) / (1.0 / string_ohm).sum()  # of the pack's current, beside what evens the strings out
            common = self.bars.of_pack.carrying(share * part[string[self.group]], T)
            rho_common = common.resistivity(joint_current)
            pack_V = float(string_V @ part)
            evening = ((string_V - pack_V) / string_ohm)[string]
            inner = float(1.0 / (1.0 / string_ohm).sum() + common.made(rho_common)[shared].sum())
            wanted = asked if quantity == "current_A" else _current_of_power(asked, pack_V, inner)
            most_out = max(0.0, float((((open_V - self.v_min) * total - evening) / part[string]).min()))
            most_in = max(0.0, float((((self.v_max - open_V) * total + evening) / part[string]).min()))
            current = min(max(wanted, -most_in), most_out)
            string_current = (string_V - pack_V) / string_ohm + current * part
            joint_current = np.concatenate([[current], string_current])[self.joint_string]
        group_V = open_V - (evening + current * part[string]) / total
        cell_current = (ocv - group_V[self.group]) * conductance
        joule = cell_current * (ocv - group_V[self.group])
        entropy = 1e-3 * np.interp(soc, self.entropy_mV_K.soc, self.entropy_mV_K.value)
        lost = own.loss(joint_current, rho), common.loss(joint_current, rho_common)
        return Instant(
            current=current,
            limited=current != wanted,
            voltage=pack_V - current * inner,
            group_voltage=group_V,
            cell_current=cell_current,
            through=share * string_current[string[self.group]],
            joule=joule,
            reversible=-cell_current * T * entropy,
            busbar=lost[0].heat + lost[1].heat,
            beside=lost[0].ambient + lost[1].ambient,
        )


def _current_of_power(power: float, open_V: float, inner: float) -> float:
    """The current [A] at which a source of ``open_V`` behind ``inner`` [ohm] gives ``power`` [W]; inf where it cannot.

    The smaller root of inner I² - open_V I + power = 0, written so that it does not cancel at small power.
    """
    under = open_V**2 - 4.0 * inner * power
    if under < 0:
        return np.inf
    return 2.0 * power / (open_V + np.sqrt(under))


@dataclass(frozen=True)
class Interval:
    """What the network does over a step: by cell (n_cells,) mean ``joule``, ``reversible`` and ``busbar`` heat [W] and the ``soc`` at its
    end; mean busbar heat ``beside`` [W], to the ambient; ``swing`` (n_cells,) [J]: the largest that the heat so far departs from its mean times the time so far; the ``last`` instant;
    ``charge`` [A s] and ``energy`` [J] given off at the terminals; ``limited`` [s], and ``tapered`` [s] where a charge is
    to be; lowest and highest cell and pack voltages and current;
    ``corner`` [s]: where a charge begins or ceases to taper within the step; None: nowhere;
    ``trace`` (k, 5): time [s], current [A], pack voltage, lowest and highest cell voltage [V] at both ends of every piece of the demand."""

    joule: Floats
    reversible: Floats
    busbar: Floats
    beside: float
    soc: Floats
    swing: Floats
    first: Instant
    last: Instant
    charge: float
    energy: float
    limited: float
    tapered: float
    cell_voltage: tuple[float, float]
    pack_voltage: tuple[float, float]
    current: tuple[float, float]
    corner: float | None
    trace: Floats


GAUSS = (0.5 - np.sqrt(3.0) / 6, 0.5 + np.sqrt(3.0) / 6)
"""Points of the two-point rule on 0..1: exact for the square of a current that changes linearly."""
LONGEST_SHARE = 0.004
"""Of its capacity, the charge that a cell takes or gives between two looks at its state."""
LONGEST_EVENING = 0.25
"""Of the time in which two cells in parallel even out, the time between two looks: the explicit rule is stable to 2 of it."""
CORNER_S = 0.1
"""A corner this close to an end of the step [s] is at it: currents taper within minutes."""


def over(bank: CellBank, demand: Demand, t0: float, t1: float, T0: Floats, T1: Floats, soc: Floats, looks: float = 1.0) -> Interval:
    """Integrate charge and heat from ``t0`` to ``t1`` [s], the cells' temperatures going straight from ``T0`` to ``T1`` (n_cells,) [K].

    Second order in the pieces, which end at every edge of ``demand`` and wherever a cell has turned over LONGEST_SHARE of its charge;
    ``looks`` times as many. Over a ``corner`` it is first order: a caller ends its step there.
    """
    edges = np.asarray(demand.edges)
    inner = edges[np.searchsorted(edges, t0, side="right") : np.searchsorted(edges, t1, side="left")]
    cuts = np.concatenate([[t0], inner, [t1]])
    n = len(soc)
    totals = np.zeros((3, n))
    heat_so_far, times = [np.zeros(n)], [t0]
    charge = energy = limited = tapered = beside = 0.0
    volts, packs, currents, trace = [], [], [], []
    first: Instant | None = None
    now: Instant | None = None
    corner: float | None = None

    def instant(t: float, state: Floats) -> Instant:
        asked = demand.at(t)
        return bank.at(asked.quantity, asked.value, T0 + (T1 - T0) * ((t - t0) / (t1 - t0)), state)

    def turned(t: float, h: float, begin: Instant, state: Floats) -> tuple[Instant, Instant, Floats]:
        """The rule's two instants over ``h`` [s] from ``t``, and the charge afterwards."""
        a = instant(t + GAUSS[0] * h, state - GAUSS[0] * h * begin.cell_current / bank.capacity_As)
        b = instant(t + GAUSS[1] * h, state - GAUSS[1] * h * a.cell_current / bank.capacity_As)
        return a, b, state - h / 2 * (a.cell_current + b.cell_current) / bank.capacity_As

    for start, end in pairwise(cuts):
        tapers = demand.at((start + end) / 2).tapers
        begin = instant(start + 1e-9 * (end - start), soc)
        trace.append(_looked(start, begin))
        share = float(np.abs(begin.cell_current).max()) * (end - start) / float(bank.capacity_As.min())
        state_T = T0 + (T1 - T0) * ((start - t0) / (t1 - t0))
        evening = bank.evening_rate(state_T, soc) * (end - start)
        pieces = max(1, int(np.ceil(looks * share / LONGEST_SHARE)), int(np.ceil(looks * evening / LONGEST_EVENING)))
        h = (end - start) / pieces
        for piece in range(pieces):
            t = start + piece * h
            a, b, after = turned(t, h, begin, soc)
            first = first or begin
            for one in (a, b):
                totals += h / 2 * np.stack([one.joule, one.reversible, one.busbar])
                beside += h / 2 * one.beside
                charge += h / 2 * one.current
                energy += h / 2 * one.current * one.voltage
                limited += h / 2 * (one.limited and not tapers)
                tapered += h / 2 * (one.limited and tapers)
            heat_so_far.append(totals.sum(axis=0))
            times.append(t + h)
            for one in (begin, a, b):
                volts += [one.group_voltage.min(), one.group_voltage.max()]
                packs.append(one.voltage)
                currents.append(one.current)
            now = instant(t + (1 - 1e-9) * h, after)
            if tapers and corner is None and begin.limited != now.limited:
                low, high = 0.0, h
                while high - low > 1e-3 * CORNER_S:
                    middle = (low + high) / 2
                    there = instant(t + middle, turned(t, middle, begin, soc)[2])
                    low, high = (middle, high) if there.limited == begin.limited else (low, middle)
                corner = float(t + high) if t0 + CORNER_S < t + high < t1 - CORNER_S else None
            begin, soc = now, after
        assert now is not None
        trace.append(_looked(end, now))
        volts += [now.group_voltage.min(), now.group_voltage.max()]
        packs.append(now.voltage)
        currents.append(now.current)
    assert first is not None
    assert now is not None
    elapsed = (np.array(times) - t0)[:, None] / (t1 - t0)
    swing = np.abs(np.array(heat_so_far) - elapsed * heat_so_far[-1]).max(axis=0)
    mean = totals / (t1 - t0)
    return Interval(
        mean[0], mean[1], mean[2], beside / (t1 - t0), soc, swing, first, now, charge, energy, limited, tapered,
        (float(min(volts)), float(max(volts))), (min(packs), max(packs)), (min(currents), max(currents)),
        corner, np.array(trace),
    )  # fmt: skip


def _looked(t: float, now: Instant) -> tuple[float, float, float, float, float]:
    """A row of a trace."""
    return t, now.current, now.voltage, float(now.group_voltage.min()), float(now.group_voltage.max())
