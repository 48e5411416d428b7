"""Curves as SVG: the coolant and the wall it cools, along the coolant's way; a case over time. Matplotlib's Figure, without pyplot.

The SVG is to be put into a page: its text stays text, and its colours are the page's CSS variables, so that it follows light and dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from packtool.layout.coolant import CoolantNetwork
from packtool.mesh.records import Floats
from packtool.report.records import CoolantRow

POINTS = 200
"""Places along a pass at which parallel channels are compared."""

INK, FAINT, COOL, WARM = "#010101", "#020202", "#030303", "#040404"
PAGE_COLOURS = {INK: "var(--ink)", FAINT: "var(--rule)", COOL: "var(--cool)", WARM: "var(--warm)"}
"""Stand-ins that the drawn SVG is searched for, and the page's variables that take their place."""

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "packtool",
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Band:
    """One quantity of the parallel channels of a pass: ``s_mm``, ``low``, ``mean``, ``high``, each (n,)."""

    s_mm: Floats
    low: Floats
    mean: Floats
    high: Floats


def channel_passes(network: CoolantNetwork | None, rows: Sequence[CoolantRow]) -> tuple[tuple[str, ...], ...]:
    """The channels of each pass in the order of the flow: a channel's pass is the number of channels that the coolant has gone through before it.

    Only branches that have rows; without a network, or for branches that it does not know, all are one pass.
    """
    present = dict.fromkeys(row.branch for row in rows)
    if network is None:
        return (tuple(present),) if present else ()
    depth = {network.inlet: 0}
    ways = [(branch.start, branch.end, branch.kind == "channel") for branch in network.branches]
    ways += [(fitting.start, fitting.end, False) for fitting in network.fittings]
    for _ in ways:
        changed = False
        for start, end, channel in ways:
            if start in depth:
                reached = depth[start] + channel
                if reached > depth.get(end, -1) and reached <= len(network.branches):
                    depth[end] = reached
                    changed = True
        if not changed:
            break
    passes: dict[int, list[str]] = {}
    known = {branch.name: branch for branch in network.branches}
    for name in present:
        own = known.get(name)
        if own is None or own.kind == "channel":
            passes.setdefault(depth.get(own.start, 0) if own else 0, []).append(name)
    return tuple(tuple(names) for _, names in sorted(passes.items()))


def band(rows: Sequence[CoolantRow], names: Sequence[str], field: str) -> Band:
    """Smallest, mean and largest ``field`` of ``names`` at equal distances from their starts; straight between rows, no extrapolation.

    A segment that no facet of the wall lies in has no wall temperature (its row repeats the coolant's, with no heat): it is passed over.
    """
    curves = []
    for name in names:
        own = sorted((row for row in rows if row.branch == name), key=lambda row: row.s_mm)
        if field == "T_wall_degC":
            own = [row for row in own if row.heat_W != 0.0 or row.T_wall_degC != row.T_degC] or own
        curves.append((np.array([row.s_mm for row in own]), np.array([float(getattr(row, field)) for row in own])))
    start, end = max(s[0] for s, _ in curves), min(s[-1] for s, _ in curves)
    s = curves[0][0] if len(curves) == 1 else np.linspace(start, end, POINTS)
    values = np.stack([np.interp(s, at, value) for at, value in curves])
    return Band(s, values.min(axis=0), values.mean(axis=0), values.max(axis=0))


def _curve(axes: Axes, at: Floats, drawn: Band, colour: str, label: str | None) -> None:
    axes.plot(at, drawn.mean, color=colour, linewidth=2.0, label=label, solid_capstyle="round")
    if np.any(drawn.high > drawn.low):
        axes.fill_between(at, drawn.low, drawn.high, color=colour, alpha=0.22, linewidth=0)


def page_svg(figure: Figure, title: str) -> str:
    """The figure as an element of a page: no XML prologue, no style of its own, no group ids, the page's colours, a title for screen readers."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    for stand_in, variable in PAGE_COLOURS.items():
        text = text.replace(stand_in, variable)
    text = re.sub(r'<style type="text/css">.*?</style>| id="[A-Za-z_]+_[0-9]+"', "", text, flags=re.DOTALL)
    head, _, body = text.partition(">")
    return f'{head} role="img" aria-label="{title}">{body}'


def coolant_plot(network: CoolantNetwork | None, rows: Sequence[CoolantRow]) -> str:
    """SVG of coolant and wall temperature over the way through the channels, and of the wall's h below. Raises ValueError without rows.

    Parallel channels: a band from the least to the greatest and their mean (not weighted by flow); passes follow each other, and
    the header between two passes is a gap.
    """
    passes = channel_passes(network, rows)
    if not passes:
        raise ValueError("no rows of coolant to plot")
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.6, 4.6), layout="constrained")
        figure.patch.set_alpha(0.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.1, 1.0))
        offset = 0.0
        lengths = [max(row.s_mm for row in rows if row.branch in names) for names in passes]
        gap = 0.02 * sum(lengths)
        for number, (names, length) in enumerate(zip(passes, lengths, strict=True)):
            first = number == 0
            for field, colour, label in (("T_wall_degC", WARM, "wall"), ("T_degC", COOL, "coolant")):
                drawn = band(rows, names, field)
                _curve(upper, (offset + drawn.s_mm) / 1e3, drawn, colour, label if first else None)
            drawn = band(rows, names, "h_W_m2K")
            _curve(lower, (offset + drawn.s_mm) / 1e3, drawn, INK, None)
            if len(passes) > 1:
                channels = f"{len(names)} channels" if len(names) > 1 else "1 channel"
                upper.text(
                    (offset + length / 2) / 1e3,
                    1.0,
                    f"pass {number + 1}: {channels}",
                    transform=upper.get_xaxis_transform(),
                    ha="center",
                    va="bottom",
                )
            if not first:
                for axes in (upper, lower):
                    axes.axvspan((offset - gap) / 1e3, offset / 1e3, color=FAINT, alpha=0.6, linewidth=0)
            offset += length + gap
        for axes in (upper, lower):
            axes.patch.set_alpha(0.0)
            axes.margins(x=0.01)
        upper.set_ylabel("temperature [°C]")
        upper.legend(loc="best")
        lower.set_ylabel("h [W/m²K]")
        lower.set_ylim(bottom=0)
        lower.set_xlabel("way through the channels [m]")
        return page_svg(figure, "Temperature of the coolant and of the channel wall along the coolant's way")


def time_plot(series: Mapping[str, Sequence[float]]) -> str:
    """SVG of a transient case over time: cells and coolant, current, state of charge. ``series``: columns of series-CASE.csv, and of
    electrical-CASE.csv as ``electrical_...``; a coolant without numbers (NaN) is left out. Raises ValueError without times."""
    times = np.asarray(series.get("time_s", ()), dtype=float)
    if len(times) < 2:
        raise ValueError("no times to plot")
    unit, divisor = ("h", 3600.0) if times[-1] > 2 * 3600 else ("min", 60.0) if times[-1] > 180 else ("s", 1.0)

    def column(name: str) -> Floats:
        return np.asarray(series[name], dtype=float)

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.6, 5.6), layout="constrained")
        figure.patch.set_alpha(0.0)
        top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(2.2, 1.0, 0.8))
        at = times / divisor
        top.fill_between(
            at, column("T_min_degC"), column("T_max_degC"), color=WARM, alpha=0.22, linewidth=0, label="every point of a cell"
        )
        top.plot(at, column("T_warmest_mean_degC"), color=WARM, linewidth=1.2, linestyle="--", label="warmest and coldest cell")
        top.plot(at, column("T_coldest_mean_degC"), color=WARM, linewidth=1.2, linestyle="--")
        top.plot(at, column("T_mean_degC"), color=WARM, linewidth=2.0, label="mean")
        coolant = column("coolant_out_degC")
        if np.isfinite(coolant).all():
            top.plot(at, coolant, color=COOL, linewidth=2.0, label="coolant out")
        top.set_ylabel("temperature [°C]")
        top.legend(loc="best", fontsize=9)
        middle.plot(column("electrical_time_s") / divisor, column("electrical_current_A"), color=INK, linewidth=1.0)
        middle.set_ylabel("current [A]")
        bottom.plot(at, 100 * column("soc_mean"), color=INK, linewidth=2.0)
        bottom.fill_between(at, 100 * column("soc_min"), 100 * column("soc_max"), color=INK, alpha=0.15, linewidth=0)
        bottom.set_ylabel("SOC [%]")
        bottom.set_xlabel(f"time [{unit}]")
        for axes in (top, middle, bottom):
            axes.patch.set_alpha(0.0)
            axes.margins(x=0.01)
        return page_svg(figure, "Temperatures, current and state of charge over time")
