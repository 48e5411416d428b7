"""What ``packtool cad`` and ``packtool mesh`` say at their end, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packtool.report.quantity import number

_MARKS = {"error": "DOES NOT HOLD", "warning": "warns", "note": "notes"}
MOST_SHOWN = 20
"""Findings that are listed; the rest is counted."""


def cad_text(report: Mapping[str, Any]) -> str:
    """Counts, mass, volumes against the closed form, what does not hold, and the files."""
    worst = max(report["volumes"], key=lambda row: abs(row["relative_difference"]))
    mass = report["mass"]
    lines = [
        f"{_count(report['parts'], 'part')} of {_count(report['products'], 'product')}, {number(mass['mass_kg'])} kg",
        f"volumes agree with the layout to {abs(worst['relative_difference']):.1e} (worst: {worst['product']})",
        f"interference: {report['pairs_near']} pairs of boxes near, {report['pairs_exact']} looked at exactly",
    ]
    lines += [f"smallest gap, {gap['between']}: {number(gap['mm'])} mm ({' – '.join(gap['parts'])})" for gap in report["gaps"]]
    findings = report["findings"]
    lines += [f"{_MARKS[finding['severity']]}  {finding['message']}" for finding in findings[:MOST_SHOWN]]
    if len(findings) > MOST_SHOWN:
        lines.append(f"and {len(findings) - MOST_SHOWN} more: --json has them all")
    if not any(finding["severity"] == "error" for finding in findings):
        lines.append("all solids valid, no overlaps, the STEP reads back with the same names, colours, count and volume")
    shown = [name for name in report["files"] if not name.startswith(("stl/", "."))]
    n_stl = sum(name.startswith("stl/") for name in report["files"])
    lines.append("files: " + ", ".join(shown) + (f", stl/ ({n_stl} files)" if n_stl else ""))
    return "\n".join(lines)


def _count(number_of: int, what: str) -> str:
    return f"{number_of} {what}" + ("" if number_of == 1 else "s")


def mesh_words(report: Mapping[str, Any]) -> str:
    """How fine the design asks the mesh to be."""
    given = [f"{key} {number(size)}" for key, size in report.get("sizes", {}).items()]
    words = f"level {report['level']}" + (f", largest elements: {', '.join(given)}" if given else "")
    if "target_error_K" in report:
        words += f"\nfound for errors of at most {number(report['target_error_K'])} K of the cells' temperatures: "
        words += (
            f"{number(report['reached_error_K'])} K is the largest ({report['reached_at']}), {len(report['tried'])} mesh(es) tried"
        )
    return words


def mesh_text(report: Mapping[str, Any]) -> str:
    """Size and quality of the mesh, and what it leaves out."""
    lines = [
        f"{report['elements']:,} hexahedra, {report['points']:,} points, {report['components']} connected piece(s), {mesh_words(report)}",
        f"scaled Jacobian at least {number(report['min_scaled_jacobian'])}, aspect ratio at most {number(report['max_aspect_ratio'])}",
        f"part volumes agree with the layout to {report['max_volume_error']:.1e} (worst: {report['worst_part']})",
    ]
    if report["max_interface_error"] is not None:
        lines.append(f"interface areas agree with the layout to {report['max_interface_error']:.1e}")
    lines += [f"{role:<12} {count:>9,} elements" for role, count in report["elements_by_role"].items()]
    lines += [f"left out: {notice}" for notice in report["notices"]]
    counts = " and ".join(f"{coarser['elements']:,}" for coarser in report["coarser"])
    lines.append(f"for the error estimate: coarser meshes of {counts} hexahedra")
    return "\n".join(lines)
