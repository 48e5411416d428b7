"""The verification cases as a table and as JSON rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packtool.verification.records import Row, VerificationCase

WIDTH = 80
QUANTITY = 20
"""Columns of a line, and those of a quantity's name where its numbers leave them; a longer name stands on a line of its own."""

Done = Sequence[tuple[VerificationCase, Sequence[Row]]]


def verification_rows(done: Done) -> list[dict[str, Any]]:
    """One entry a quantity: id, quantity, value, reference, tolerance, error, pass (and unit, measure, estimate, source)."""
    return [
        {
            "id": row.id,
            "quantity": row.quantity,
            "value": row.value,
            "reference": row.reference,
            "unit": row.unit,
            "tolerance": row.tolerance,
            "error": row.error,
            "measure": row.measure,
            "estimate": row.estimate,
            "pass": row.passes,
            "title": case.title,
            "source": case.source,
        }
        for case, rows in done
        for row in rows
    ]


def verification_table(done: Done) -> str:
    """A block a case: its title, then value, reference, error against tolerance; the last line counts. At most 80 columns."""
    lines: list[str] = []
    rows = [row for _, case_rows in done for row in case_rows]
    for case, case_rows in done:
        lines.append(f"{case.id}  {case.title}"[:WIDTH])
        lines += [_line(row) for row in case_rows]
    failed = sum(not row.passes for row in rows)
    lines.append(f"{len(done)} cases, {len(rows)} quantities: {len(rows) - failed} pass, {failed} fail")
    return "\n".join(lines)


def _line(row: Row) -> str:
    unit = "" if row.unit in ("", "-") else f" {row.unit}"
    error, tolerance = (row.error * 100, row.tolerance * 100) if row.measure == "relative" else (row.error, row.tolerance)
    mark = "holds" if row.passes else "FAILS"
    percent = "%" if row.measure == "relative" else ""  # else in the unit that stands beside the reference
    numbers = f"{row.value:>12.7g} of {row.reference:<11.7g}{unit:<5} {error:.2g} (<= {tolerance:.2g}){percent}"
    room = min(QUANTITY, WIDTH - len(f"  {mark}  {numbers}"))
    if len(row.quantity) > room:  # cut, it might read like its neighbours
        return f"  {mark} {row.quantity}"[:WIDTH] + f"\n  {'':{len(mark) + 1 + room}} {numbers}"
    return f"  {mark} {row.quantity:<{room}} {numbers}"
