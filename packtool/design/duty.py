"""From a case's load to what it asks of the pack over time, or to complaints about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packtool.catalogue.duties import NOT_SHIPPED, duties
from packtool.catalogue.records import Cell
from packtool.design.csv_table import read_table
from packtool.design.demand import Demand, Quantity
from packtool.design.document import Document, KeyPath
from packtool.design.loaded import Place
from packtool.design.road_load import Piece, power_pieces
from packtool.design.schema import DutyTable, PackDesign, TransientCase
from packtool.design.schema.cases import QUANTITIES, Between, Phase
from packtool.design.suggest import did_you_mean

SIGN = {"charge": -1.0, "discharge": 1.0}
"""Demands count discharge as positive."""
MOST_OUTPUTS = 20_000
"""Each keeps the temperature of every node."""
MOST_ROWS = 1_000_000
"""Pieces of a demand, repetitions counted."""


@dataclass(frozen=True)
class _Load:
    """Pieces of one quantity, as they were given."""

    quantity: str
    pieces: tuple[Piece, ...]


def demands(design: PackDesign, cell: Cell, document: Document, folder: Path) -> dict[str, Demand]:
    """What each transient case asks of the pack. What is wrong is added to ``document``, and that case left out."""
    made = {}
    for name, case in design.cases.items():
        if isinstance(case, TransientCase):
            demand = _demand(design, cell, case, ("cases", name), document, folder)
            if demand is not None:
                made[name] = demand
                _complain_of_late_coolant(case, demand, ("cases", name, "coolant", "time_s"), document)
    return made


def _complain_of_late_coolant(case: TransientCase, demand: Demand, path: KeyPath, document: Document) -> None:
    """A schedule of which nothing comes to pass is a slip."""
    if case.coolant is not None and case.coolant.time_s[0] >= demand.duration_s:
        document.complain(
            path,
            f"begins at {case.coolant.time_s[0]:g} s, when the case is over ({demand.duration_s:g} s): nothing of it would come to pass",
        )


@dataclass(frozen=True)
class _Stretch:
    """Pieces of the pack's current or power, one load's; ``tapers``: see ``demand.Asked``."""

    quantity: Quantity
    pieces: list[Piece]
    tapers: bool


def _demand(design: PackDesign, cell: Cell, case: TransientCase, path: KeyPath, document: Document, folder: Path) -> Demand | None:
    if not case.phases:
        found = [_stretch(design, cell, case, path, document, folder)]
    else:
        found, rows = [], 0
        for number, phase in enumerate(case.phases):
            at = (*path, "phases", number)
            own = _stretch(design, cell, phase, at, document, folder)
            if own is not None and _too_many(rows + len(own.pieces) * phase.repeat, at, document):
                return None
            if own is not None:
                own = replace(own, pieces=_lasting(own.pieces * phase.repeat, phase.duration_s))
                rows += len(own.pieces)
            found.append(own)
    stretches = [stretch for stretch in found if stretch is not None]
    if len(stretches) < len(found):
        return None
    if _too_many(sum(len(stretch.pieces) for stretch in stretches) * case.repeat, path, document):
        return None
    once = [(stretch, piece) for stretch in stretches for piece in stretch.pieces]
    pieces = _lasting([piece for _, piece in once] * case.repeat, case.duration_s)
    owners = ([stretch for stretch, _ in once] * case.repeat)[: len(pieces)]
    owners += [replace(owners[-1], tapers=False)] * (len(pieces) - len(owners))
    edges = [0.0]
    for seconds, _, _ in pieces:
        edges.append(edges[-1] + seconds)
    if case.output_every_s and edges[-1] / case.output_every_s > MOST_OUTPUTS:
        told = f"must be at least {edges[-1] / MOST_OUTPUTS:g} s: of {edges[-1]:g} s no more than {MOST_OUTPUTS:,} outputs are kept, got {case.output_every_s:g} s"
        document.complain((*path, "output_every_s"), told)
        return None
    if case.duration_s is not None:
        edges[-1] = case.duration_s
    quantities = tuple(owner.quantity for owner in owners)
    tapers = tuple(owner.tapers for owner in owners)
    return Demand(
        quantities[0],
        tuple(edges),
        tuple(a for _, a, _ in pieces),
        tuple(b for _, _, b in pieces),
        quantities if len(set(quantities)) > 1 else (),
        tapers if any(tapers) else (),
    )


def _too_many(rows: int, path: KeyPath, document: Document) -> bool:
    """Whether these are more pieces than a demand may have; complains of the ``repeat`` at ``path`` then."""
    if rows > MOST_ROWS:
        document.complain((*path, "repeat"), f"the duty has {rows:,} pieces then; {MOST_ROWS:,} is the most")
    return rows > MOST_ROWS


def _stretch(
    design: PackDesign, cell: Cell, given: TransientCase | Phase, path: KeyPath, document: Document, folder: Path
) -> _Stretch | None:
    """One load in terms of the pack, once."""
    tapers = False
    if given.duty is None:
        assert given.duration_s is not None  # the schema asks for it
        quantity = next(key for key in ("current_A", "c_rate", "power_kW") if getattr(given, key) is not None)
        value = SIGN[given.direction] * getattr(given, quantity)
        tapers = value < 0
        load: _Load | None = _Load(quantity, ((given.duration_s, value, value),))
    else:
        load = _given(given.duty, (*path, "duty"), document, folder)
    if load is None:
        return None
    if load.quantity == "speed_km_h" and design.vehicle is None:
        document.complain(
            (*path, "duty"),
            "a duty of speeds needs a vehicle: vehicle: {mass_kg: ..., drag_area_m2: ..., rolling_resistance: ..., "
            "drivetrain_efficiency: ..., regen_efficiency: ..., auxiliary_kW: ...}",
        )
        return None
    return _Stretch(*_of_the_pack(load, design, cell), tapers)


def _of_the_pack(load: _Load, design: PackDesign, cell: Cell) -> tuple[Quantity, list[Piece]]:
    """The pieces in amperes or watts of the pack."""
    electrical = design.electrical
    assert cell.capacity_Ah is not None  # the loader asks for both
    assert cell.v_nom is not None
    pack_Ah = cell.capacity_Ah.value * electrical.parallel
    if load.quantity == "speed_km_h":
        assert design.vehicle is not None
        return "power_W", power_pieces(design.vehicle, load.pieces, design.ambient.temperature_degC)
    factor = {
        "current_A": 1.0,
        "c_rate": pack_Ah,
        "power_kW": 1e3,
        "p_rate": pack_Ah * cell.v_nom.value * electrical.series,
    }[load.quantity]
    quantity: Quantity = "current_A" if load.quantity in ("current_A", "c_rate") else "power_W"
    return quantity, [(seconds, factor * a, factor * b) for seconds, a, b in load.pieces]


def _lasting(pieces: list[Piece], duration_s: float | None) -> list[Piece]:
    """Cut off at ``duration_s``, or with rest up to it; as they are for None."""
    if duration_s is None:
        return pieces
    kept: list[Piece] = []
    t = 0.0
    for seconds, a, b in pieces:
        until = min(t + seconds, duration_s)
        if until <= t:
            break
        kept.append((until - t, a, a + (b - a) * (until - t) / seconds))
        t = until
    if t < duration_s * (1 - 1e-9):
        kept.append((duration_s - t, 0.0, 0.0))
    return kept


def _given(duty: DutyTable | str, path: KeyPath, document: Document, folder: Path) -> _Load | None:
    if isinstance(duty, str):
        if duty.lower().endswith(".csv"):
            return _from_csv(duty, "hold", path, document, folder)
        return _from_catalogue(duty, path, document)
    if duty.csv is not None:
        return _from_csv(duty.csv, duty.between, (*path, "csv"), document, folder)
    assert duty.time_s is not None  # the schema asks for it
    quantity = next(key for key in QUANTITIES if getattr(duty, key) is not None)
    return _Load(quantity, _pieces(quantity, list(duty.time_s), list(getattr(duty, quantity)), duty.between))


def _from_catalogue(name: str, path: KeyPath, document: Document) -> _Load | None:
    known = duties()
    if name in known:
        return _Load(known[name].quantity, known[name].pieces)
    reason = next((why for start, why in NOT_SHIPPED.items() if start in name.lower()), None)
    if reason is not None:
        hint = f": {reason}; give your own table, duty: {{csv: FILE.csv}}"
    elif "/" in name or "\\" in name or "." in name:
        hint = "; the path of a table ends in .csv"
    else:
        hint = did_you_mean(name, known)
    document.complain(path, f"no duty {name!r} in the catalogue{hint} (`packtool duties` lists them)")
    return None


def _pieces(quantity: str, times: list[float], values: list[float], between: Between) -> tuple[Piece, ...]:
    """Straight pieces of a table; what comes before its first time is rest (for speeds: standing still)."""
    lead = [(times[0], 0.0, 0.0)] if times[0] > 0 else []
    straight = between == "linear" or quantity == "speed_km_h"
    return (
        *lead,
        *((times[i + 1] - times[i], values[i], values[i + 1] if straight else values[i]) for i in range(len(times) - 1)),
    )


def _from_csv(name: str, between: Between, path: KeyPath, document: Document, folder: Path) -> _Load | None:
    """A table from a file: a head line, then numbers; complaints carry the file's line and the field's column."""

    def pick(names: Sequence[str]) -> Sequence[str] | str:
        found = [quantity for quantity in QUANTITIES if quantity in names]
        if "time_s" in names and len(found) == 1:
            return ("time_s", found[0])
        got = f", got {', '.join(names)[:80]}" if names else ", then one row a time"
        return "the head line must name time_s and one of " + ", ".join(QUANTITIES) + got

    table = read_table(name, pick, "duty", path, document, folder)
    if table is None:
        return None
    quantity, times = table.names[1], table.column("time_s")
    if times and times[0] < 0:
        table.complain(0, 0, f"time_s must ascend, from 0 on; got {times[0]:g}")
        return None
    if not table.ascends("time_s"):
        return None
    if len(times) < 2:
        document.complain(
            path, "needs at least two rows of numbers: from when to when", Place(str(folder / name.strip()), table.last_line, 1)
        )
        return None
    return _Load(quantity, _pieces(quantity, times, table.column(quantity), between))
