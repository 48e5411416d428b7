"""Coolant and wall along the coolant's way, for every value of a varied key: CSV and curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields

from packtool.layout.coolant import CoolantNetwork
from packtool.report.quantity import number
from packtool.report.records import CoolantRow
from packtool.report.vary import PLAIN, svg_bytes

Paths = Mapping[float, Mapping[str, Sequence[CoolantRow]]]
"""By value of the key, then by case."""


def paths_csv(key: str, paths: Paths) -> str:
    """One line a value, case and segment of the coolant's way."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((key, "case", *(field.name for field in fields(CoolantRow))))
    for value, cases in paths.items():
        for case, rows in cases.items():
            writer.writerows((value, case, *astuple(row)) for row in rows)
    return stream.getvalue()


def paths_plot(key: str, paths: Paths, network: CoolantNetwork | None) -> bytes:
    """SVG, a panel a case: the coolant (broken) and the wall (solid) along the channels, one colour a value.

    Of parallel channels their mean, not weighted by flow; passes follow each other. Raises ValueError without rows.
    """
    import matplotlib
    from matplotlib.figure import Figure

    from packtool.report.plots import band, channel_passes

    cases = tuple(dict.fromkeys(case for by_case in paths.values() for case, rows in by_case.items() if rows))
    if not cases:
        raise ValueError("no rows of coolant to plot")
    with matplotlib.rc_context(PLAIN):
        figure = Figure(figsize=(6.4, 3.4 * len(cases)), layout="constrained")
        panels = figure.subplots(len(cases), 1, sharex=True, squeeze=False)[:, 0]
        shades = matplotlib.colormaps["viridis"]
        for axes, case in zip(panels, cases, strict=True):
            for index, (value, by_case) in enumerate(paths.items()):
                rows = by_case.get(case, ())
                colour = shades(0.9 * index / max(1, len(paths) - 1))
                offset = 0.0
                for part, names in enumerate(channel_passes(network, rows)):
                    for field, style in (("T_wall_degC", "-"), ("T_degC", "--")):
                        drawn = band(rows, names, field)
                        first = part == 0 and style == "-"
                        label = f"{key.rpartition('.')[2]} {number(value)}" if first else None
                        axes.plot((offset + drawn.s_mm) / 1e3, drawn.mean, style, color=colour, linewidth=1.6, label=label)
                    offset += max(row.s_mm for row in rows if row.branch in names)
            axes.set_ylabel(f"{case + ': ' if len(cases) > 1 else ''}wall, coolant (broken) [°C]")
            axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))  # beside the lines, not over them
        panels[-1].set_xlabel("way through the channels [m]")
        return svg_bytes(figure)
