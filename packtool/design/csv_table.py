"""A table of numbers from a CSV file that a design names: a head line of names, then rows; complaints carry the file's line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from packtool.design.document import Document, KeyPath
from packtool.design.loaded import Place
from packtool.design.yaml_text import read_text
from packtool.errors import DesignError

LARGEST = 1e7
"""No number of a table is larger than this."""
MOST_BYTES = 16_000_000
"""A day second by second takes 1 MB a column or so; a week fits."""


@dataclass(frozen=True)
class CsvTable:
    """The chosen columns ``names`` of a file, as ``rows`` of numbers. ``complain(row, column, message)`` complains of a field, by its row and
    its place in ``names``; ``last_line``: of the file."""

    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    last_line: int
    complain: Callable[[int, int, str], None]

    def column(self, name: str) -> list[float]:
        """The numbers of one column."""
        at = self.names.index(name)
        return [row[at] for row in self.rows]

    def ascends(self, name: str) -> bool:
        """Whether each number of a column is above the one before it; complains of the first that is not."""
        for at, (before, number) in enumerate(pairwise(self.column(name)), 1):
            if number <= before:
                self.complain(at, self.names.index(name), f"{name} must ascend: {number:g} follows {before:g}")
                return False
        return True


def read_table(
    name: str, pick: Callable[[Sequence[str]], Sequence[str] | str], kind: str, path: KeyPath, document: Document, folder: Path
) -> CsvTable | None:
    """The table in the file ``name``, relative to ``folder``; what is wrong is added to ``document`` and None given.

    ``pick`` takes the names of the head line and gives those of the columns wanted, or what is wrong with the head line; with no names it
    says what a head line must hold. ``kind``: what the file is called in a complaint; ``path``: the key that names it.
    """
    file = folder / name.strip()
    try:
        text = read_text(file, str(file), kind, MOST_BYTES)
    except DesignError as error:
        document.complain(path, f"{name.strip()}: " + "; ".join(complaint.message for complaint in error.complaints))
        return None
    rows = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), 1) if "".join(row).strip()]

    def wrong(line: int, row: Sequence[str], column: int, message: str) -> None:
        document.complain(path, message, Place(str(file), line, 1 + sum(len(field) + 1 for field in row[:column])))

    names = [field.strip().lstrip("\ufeff") for field in rows[0][1]] if rows else []
    picked = pick(names)
    if isinstance(picked, str):
        apart = "; columns are parted by commas, and decimals have points" if len(names) == 1 and set(names[0]) & set(";\t") else ""
        wrong(rows[0][0] if rows else 1, [], 0, f"{picked}{apart}" if rows else f"empty: {picked}")
        return None
    columns = [names.index(one) for one in picked]
    numbers: list[tuple[float, ...]] = []
    for line, row in rows[1:]:
        if len(row) > len(names) and any(
            field.strip() for field in row[len(names) :]
        ):  # 0,5,100: which of them is a decimal comma?
            wrong(
                line,
                row,
                len(names),
                f"the row has {len(row)} fields and the head line {len(names)}; decimals have points, not commas",
            )
            return None
        values = []
        for column in columns:
            field = row[column].strip() if column < len(row) else ""
            number = _number(field)
            if number is None:
                told = f"{names[column]} must be a number, got {field[:40]!r}" if field else f"{names[column]} is missing"
                wrong(line, row, column, told)
                return None
            values.append(number)
        numbers.append(tuple(values))
    return CsvTable(
        tuple(picked),
        tuple(numbers),
        rows[-1][0],
        lambda at, column, message: wrong(*rows[at + 1], columns[column], message),
    )


def _number(field: str) -> float | None:
    """A finite number that is not absurdly large."""
    try:
        number = float(field)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST else None
