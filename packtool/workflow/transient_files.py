"""What a transient case leaves in the run folder: fields over time for ParaView, the series as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from packtool.artifacts import replacing, write_text
from packtool.coldplate.pack_run import PackRun
from packtool.mesh.files import write_pvd, write_vtu
from packtool.mesh.records import TaggedMesh
from packtool.mesh.xdmf import write_xdmf_fields
from packtool.results import ZERO_CELSIUS
from packtool.workflow.cache import HIDDEN

SERIES = (
    "time_s", "current_A", "voltage_V", "cell_voltage_min_V", "cell_voltage_max_V", "soc_min", "soc_mean", "soc_max",
    "T_max_degC", "T_mean_degC", "T_min_degC", "T_coldest_mean_degC", "T_warmest_mean_degC", "coolant_out_degC",
    "heat_cells_W", "heat_busbars_W", "heat_coolant_W", "heat_ambient_W", "T_busbar_max_degC",
)  # fmt: skip
"""Columns of series-CASE.csv, one row a time step: temperatures, SOC and heats to coolant and ambient at its end; current and voltage
at its end; heat of cells and busbars the mean over it. The design's sensors follow, and the mean power of the case's heaters over the step; where parts melt, the molten share of all of them and of
the part most molten."""
MELTED = ("melted_mean", "melted_max")


ELECTRICAL = ("time_s", "current_A", "voltage_V", "cell_voltage_min_V", "cell_voltage_max_V")
"""Columns of electrical-CASE.csv: two rows a piece of the duty, at its beginning and its end, so that jumps are two rows of one time."""


def write_transient(
    folder: Path,
    case: str,
    mesh: TaggedMesh,
    run: PackRun,
    busbar_max: Sequence[float],
    sensors: Sequence[str] = (),
    heaters: Sequence[str] = (),
) -> list[str]:
    """Write the files; their names relative to ``folder``. ``busbar_max`` (n_moments,) [K]: the hottest place of a busbar, NaN: not known."""
    names = []
    for number, field in enumerate(run.fields, 1):
        name = f"thermal-{case}/{number:04d}.vtu"
        write_vtu(folder / name, mesh, point_data={"temperature_degC": field - ZERO_CELSIUS}, cell_data={})
        names.append(name)
    pvd = f"thermal-{case}.pvd"
    write_pvd(folder / pvd, list(zip(run.outputs, names, strict=True)))
    xdmf = f"thermal-{case}.xdmf"
    write_xdmf_fields(folder / xdmf, mesh, run.outputs, {"temperature_degC": run.fields - ZERO_CELSIUS})
    fields = f"{HIDDEN}/temperature-{case}.npz"
    with replacing(folder / fields) as temporary:
        np.savez_compressed(temporary, T=run.hottest)
    series = f"series-{case}.csv"
    heads = (*SERIES, *(f"sensor_{name}_degC" for name in sensors), *(f"heater_{name}_W" for name in heaters))
    heads += MELTED if run.melting.names else ()
    write_text(folder / series, _table(heads, _rows(run, busbar_max)))
    electrical = f"electrical-{case}.csv"
    traces = [moment.interval.trace for moment in run.moments if moment.interval is not None]
    write_text(folder / electrical, _table(ELECTRICAL, [list(map(float, row)) for row in np.concatenate(traces)]))
    return [*names, pvd, xdmf, f"thermal-{case}.bin", fields, series, electrical]


def _rows(run: PackRun, busbar_max: Sequence[float]) -> list[list[float | str]]:
    rows: list[list[float | str]] = []
    for moment, busbar in zip(run.moments, busbar_max, strict=True):
        interval = moment.interval
        electrical: list[float | str] = ["", "", "", ""]
        made: list[float | str] = ["", ""]
        if interval is not None:
            last = interval.last
            electrical = [last.current, last.voltage, float(last.group_voltage.min()), float(last.group_voltage.max())]
            made = [float((interval.joule + interval.reversible).sum()), float(interval.busbar.sum()) + interval.beside]
        soc, mean = moment.soc, moment.mean - ZERO_CELSIUS
        rows.append(
            [
                moment.t, *electrical, float(soc.min()), float(soc.mean()), float(soc.max()), float(moment.high.max() - ZERO_CELSIUS),
                float(mean.mean()), float(moment.low.min() - ZERO_CELSIUS), float(mean.min()), float(mean.max()),
                moment.coolant_out - ZERO_CELSIUS, *made, moment.to_coolant, moment.to_ambient, busbar - ZERO_CELSIUS,
                *(float(value) - ZERO_CELSIUS for value in moment.sensors), *map(float, moment.heated),
            ]
        )  # fmt: skip
        if run.melting.names:
            rows[-1] += [float(moment.melted @ run.melting.volume / run.melting.volume.sum()), float(moment.melted.max())]
    return rows


def _table(heads: tuple[str, ...], rows: list[list[float | str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([value if isinstance(value, str) else ("" if np.isnan(value) else f"{value:.10g}") for value in row])
    return stream.getvalue()


def read_series(path: Path) -> dict[str, tuple[float, ...]]:
    """The columns of a series that ``write_transient`` wrote; an empty field is NaN. Empty if there is no such file."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    return {name: tuple(float(row[i]) if row[i] else float("nan") for row in rows) for i, name in enumerate(head)}
