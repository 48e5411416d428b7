"""Pressure drop of the plate over its flow, as SVG for the page."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from packtool.report.plots import COOL, INK, STYLE, WARM, page_svg
from packtool.report.records import DropCurve


def drop_plot(curve: DropCurve) -> str:
    """The curve with its band, the point of the case, and the pump's curve as far as the plate's reaches."""
    flow, drop, scatter = (np.array(column) for column in (curve.flow_lpm, curve.drop_Pa, curve.scatter_Pa))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.6, 3.4), layout="constrained")
        figure.patch.set_alpha(0.0)
        axes = figure.subplots()
        axes.patch.set_alpha(0.0)
        axes.plot(flow, drop / 1e3, color=COOL, linewidth=2.0, label="plate")
        axes.fill_between(flow, (drop - scatter) / 1e3, (drop + scatter) / 1e3, color=COOL, alpha=0.22, linewidth=0)
        if curve.pump_lpm:
            axes.plot(curve.pump_lpm, np.array(curve.pump_Pa) / 1e3, color=WARM, linewidth=2.0, label="pump")
            axes.legend(loc="best")
        axes.plot([curve.at_lpm], [curve.at_Pa / 1e3], "o", color=INK, markersize=6)
        axes.annotate(
            f"{curve.at_lpm:.3g} L/min, {curve.at_Pa / 1e3:.3g} kPa", (curve.at_lpm, curve.at_Pa / 1e3),
            xytext=(8, -16), textcoords="offset points", ha="left",
        )  # fmt: skip
        axes.set_xlim(0, 1.05 * float(flow.max()))
        axes.set_ylim(0, 1.05 * float((drop + scatter).max()) / 1e3)
        axes.set_xlabel("flow [L/min]")
        axes.set_ylabel("pressure drop [kPa]")
        return page_svg(figure, "Pressure drop of the cold plate over its flow")
