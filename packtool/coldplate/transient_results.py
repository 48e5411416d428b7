"""From a run through a duty to the numbers that users and rules speak of: extremes over time, when and where they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from packtool.coldplate.pack_run import PackCase, PackRun
from packtool.coldplate.solve import cold_plate_solution, coolant_results
from packtool.layout.records import Layout
from packtool.mesh.records import Floats
from packtool.mesh.solids import IMPORTED
from packtool.results import ZERO_CELSIUS, Result
from packtool.thermal.busbar_results import BarMoment
from packtool.thermal.measure import ambient_rows
from packtool.thermal.part_flows import flow_rows


def transient_results(case: PackCase, run: PackRun, layout: Layout, name: str, sensors: tuple[str, ...] = ()) -> list[Result]:
    """Every number of a run. A temperature is the extreme over time that its rule speaks of, with the time; ``.end`` at the end; heats
    are means over the run."""
    rows = (
        _temperatures(run, [part.name for part in layout.parts_of("cell")])
        + _melted(run)
        + _sensors(run, sensors)
        + _electrical(case, run)
        + _heats(case, run)
    )
    return [replace(row, case=name) for row in rows] + _coolant(case, run, name)


def _temperatures(run: PackRun, names: list[str]) -> list[Result]:
    times = np.array([moment.t for moment in run.moments])
    mean, low, high = (
        np.array([getattr(moment, what) for moment in run.moments]) - ZERO_CELSIUS for what in ("mean", "low", "high")
    )
    rows: list[Result] = []

    def over_time(name: str, values: Floats, unit: str, pick: Callable[[Floats], np.intp], region: str | None = None) -> None:
        at = int(pick(values))
        rows.append(Result(name, float(values[at]), unit, region=region, time_s=float(times[at])))

    def over_cells(name: str, values: Floats, unit: str, pick: Callable[[Floats], np.intp]) -> None:
        at, cell = np.unravel_index(int(pick(values)), values.shape)
        rows.append(Result(name, float(values[at, cell]), unit, region=names[cell], time_s=float(times[at])))

    over_cells("temperature.cell.max", high, "degC", np.argmax)
    over_cells("temperature.cell.min", low, "degC", np.argmin)
    over_time("temperature.cell.mean", mean.mean(axis=1), "degC", np.argmax)
    over_time("temperature.cell.spread", np.ptp(mean, axis=1), "K", np.argmax)
    over_cells("temperature.cell.inner_spread", high - low, "K", np.argmax)
    over_cells("temperature.cell.mean.max", mean, "degC", np.argmax)
    over_cells("temperature.cell.mean.min", mean, "degC", np.argmin)
    plate = np.array([moment.plate for moment in run.moments]) - ZERO_CELSIUS
    if np.isfinite(plate).all():
        over_time("temperature.cold_plate.max", plate, "degC", np.argmax)
    parts = np.array([moment.parts for moment in run.moments]) - ZERO_CELSIUS
    for index, name in enumerate(region.name for region in run.mesh.regions if region.role == IMPORTED):
        for what, column, pick in (("mean", 0, np.argmax), ("min", 1, np.argmin), ("max", 2, np.argmax)):
            over_time(f"temperature.part.{what}[{name}]", parts[:, column, index], "degC", pick, name)
    end = float(times[-1])
    rows += [
        Result("temperature.cell.max.end", float(high[-1].max()), "degC", region=names[int(high[-1].argmax())], time_s=end),
        Result("temperature.cell.min.end", float(low[-1].min()), "degC", region=names[int(low[-1].argmin())], time_s=end),
        Result("temperature.cell.mean.end", float(mean[-1].mean()), "degC", time_s=end),
        Result("temperature.cell.spread.end", float(np.ptp(mean[-1])), "K", time_s=end),
    ]
    for index, name in enumerate(names):
        over_time(f"temperature.cell.mean[{name}]", mean[:, index], "degC", np.argmax, name)
        over_time(f"temperature.cell.max[{name}]", high[:, index], "degC", np.argmax, name)
    return rows


def bar_moments(run: PackRun) -> list[BarMoment]:
    """The ends of all steps."""
    ends = [(moment, moment.interval.last) for moment in run.moments if moment.interval is not None]
    return [BarMoment(last.through, moment.mean, moment.t) for moment, last in ends]


def _sensors(run: PackRun, names: tuple[str, ...]) -> list[Result]:
    """Of each sensor its largest, smallest and last temperature."""
    times, rows = [moment.t for moment in run.moments], []
    for number, name in enumerate(names):
        values = np.array([moment.sensors[number] for moment in run.moments]) - ZERO_CELSIUS
        for word, at in (("max", int(values.argmax())), ("min", int(values.argmin())), ("end", len(values) - 1)):
            rows.append(Result(f"temperature.sensor.{word}[{name}]", float(values[at]), "degC", time_s=float(times[at])))
    return rows


def _melted(run: PackRun) -> list[Result]:
    """The molten share of all that melts, of the part most molten and of each part: its largest, when that was, and at the end."""
    parts = run.melting
    if not parts.names:
        return []
    times = [moment.t for moment in run.moments]
    share = np.array([moment.melted for moment in run.moments])
    mean = share @ parts.volume / parts.volume.sum()
    at, end = int(mean.argmax()), times[-1]
    when, most = np.unravel_index(int(share.argmax()), share.shape)
    last = int(share[-1].argmax())
    return [
        Result("melted.mean", float(mean[at]), "-", time_s=times[at]),
        Result("melted.max", float(share[when, most]), "-", region=parts.names[most], time_s=times[when]),
        Result("melted.mean.end", float(mean[-1]), "-", time_s=end),
        Result("melted.max.end", float(share[-1, last]), "-", region=parts.names[last], time_s=end),
        *(
            Result(f"melted[{name}]", float(share[:, i].max()), "-", region=name, time_s=times[int(share[:, i].argmax())])
            for i, name in enumerate(parts.names)
        ),
    ]


def _electrical(case: PackCase, run: PackRun) -> list[Result]:
    steps = [(moment.t, moment.interval) for moment in run.moments if moment.interval is not None]
    soc = np.array([moment.soc for moment in run.moments])
    bank, end = case.bank, run.moments[-1].t
    energy = sum(interval.energy for _, interval in steps)
    return [
        Result("soc.end", float((soc[-1] * bank.capacity_As).sum() / bank.capacity_As.sum()), "-", time_s=end),
        Result("soc.min", float(soc.min()), "-"),
        Result("soc.max", float(soc.max()), "-"),
        Result("voltage.pack.min", min(i.pack_voltage[0] for _, i in steps), "V"),
        Result("voltage.pack.max", max(i.pack_voltage[1] for _, i in steps), "V"),
        Result("voltage.cell.min", min(i.cell_voltage[0] for _, i in steps), "V"),
        Result("voltage.cell.max", max(i.cell_voltage[1] for _, i in steps), "V"),
        Result("current.discharge.max", max(0.0, max(i.current[1] for _, i in steps)), "A"),
        Result("current.charge.max", max(0.0, -min(i.current[0] for _, i in steps)), "A"),
        Result("energy.discharged", energy / 3600, "Wh"),
        Result("power.limited", sum(i.limited for _, i in steps), "s"),
        Result("power.tapered", sum(i.tapered for _, i in steps), "s"),
    ]


def _heats(case: PackCase, run: PackRun) -> list[Result]:
    """Means over the run [W]."""
    balance, end = run.balance, run.moments[-1].t
    coolant, open_coolant = [], 0.0
    if case.stream is not None:
        carried, held = run.coolant["carried"], run.coolant["held"]
        coolant = [Result("heat.coolant.carried", carried / end, "W"), Result("heat.coolant.stored", held / end, "W")]
        scale = max(abs(balance.made), abs(balance.to_stream), abs(carried), abs(held), balance.least)
        open_coolant = abs(balance.to_stream - carried - held) / scale
    return [
        Result("heat.cells", (run.made["cells"] + run.made["reversible"]) / end, "W"),
        Result("heat.cells.reversible", run.made["reversible"] / end, "W"),
        Result("heat.busbars", run.made["busbars"] / end, "W"),
        *([Result("heat.extra", float(case.extra.sum()), "W")] if case.extra is not None and case.extra.any() else []),
        *_heaters(case, run),
        *ambient_rows(
            balance, float(run.flows.ambient_doubt.sum()), 1 / end, of_bars=run.made["beside"] if case.bank.bars.filmed else None
        ),
        Result("heat.stored", balance.stored / end, "W"),
        *_latent(run, end),
        *flow_rows(run.flows, 1 / end),
        *coolant,
        Result("energy.imbalance", float(max(balance.imbalance, open_coolant)), "-"),
    ]


def _latent(run: PackRun, end: float) -> list[Result]:
    """Of what is stored, what melting took up, as a mean over the run."""
    if not run.melting.names:
        return []
    molten = run.moments[-1].melted - run.moments[0].melted
    return [Result("heat.stored.latent", float(molten @ run.melting.latent) / end, "W")]


def _heaters(case: PackCase, run: PackRun) -> list[Result]:
    """Of each heater its mean power over the run, its energy, how long it was on and how often it was switched on."""
    end, rows = run.moments[-1].t, []
    for number, heater in enumerate(case.heaters):
        changes = [(t, on) for which, t, on in run.switched if which == number]
        until = [*(t for t, _ in changes[1:]), end]
        seconds = sum(stop - t for (t, on), stop in zip(changes, until, strict=True) if on)
        joules = float(heater.power.sum()) * seconds
        rows += [
            Result(f"heat.heater[{heater.name}]", joules / end, "W"),
            Result(f"heater.energy[{heater.name}]", joules / 3600, "Wh"),
            Result(f"heater.time_on[{heater.name}]", seconds, "s"),
            Result(f"heater.starts[{heater.name}]", float(sum(on for _, on in changes)), "-"),
        ]
    return rows


def _coolant(case: PackCase, run: PackRun, name: str) -> list[Result]:
    """Of the coolant at the outputs and before its changes: of each number the largest, but of flow, velocity and Reynolds number as they are named. The heat is the
    mean over the run, and that is not known of one plate among several."""
    if case.stream is None:
        return []
    found: dict[str, Result] = {}
    looked = [(time, case.stream_at(time * (1 - 1e-12)), state) for time, state in run.looked]
    flowing = [one for one in looked if one[1] is not None and not one[1].standing]  # of what stands there is no rise and no split
    for time, stream, state in flowing or looked:
        assert stream is not None
        for row in coolant_results(cold_plate_solution(stream, state), name):
            if row.name.startswith("heat.coolant["):
                continue
            row = replace(row, time_s=time)
            before = found.get(row.name)
            if before is None or (row.value < before.value if row.name.endswith(".min") else row.value > before.value):
                found[row.name] = row
    outlet = np.array([moment.coolant_out for moment in run.moments]) - ZERO_CELSIUS
    at = int(outlet[1:].argmax()) + 1
    found["coolant.outlet"] = replace(found["coolant.outlet"], value=float(outlet[at]), time_s=run.moments[at].t)
    mean = run.balance.to_stream / run.moments[-1].t
    found["heat.coolant"] = replace(found["heat.coolant"], value=mean, time_s=None)
    return list(found.values())
