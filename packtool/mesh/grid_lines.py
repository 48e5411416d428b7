"""The lines of a tensor grid along one axis: faces first, then the division of the intervals between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral
from typing import Literal

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.records import Floats

Towards = Literal["both", "start", "end"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Explicit coordinates [m], ascending; every face must be among them."""

    coordinates: Sequence[float]


@dataclass(frozen=True, slots=True)
class Counts:
    """Elements per interval: one number for every interval, or one each.

    ``growth`` >= 1: ratio of an element's size to that of its neighbour on the fine side; ``towards`` the fine side of each
    interval (both ends, its start or its end).
    """

    counts: int | Sequence[int]
    growth: float = 1.0
    towards: Towards = "both"


@dataclass(frozen=True, slots=True)
class MaxSize:
    """Elements of at most ``size`` [m]; with ``first`` [m] at most that size at both ends of every interval, growing by ``growth``."""

    size: float
    first: float | None = None
    growth: float = 1.2


Division = int | Sequence[int] | Lines | Counts | MaxSize


def merged(values: Sequence[float] | Floats, tolerance: float) -> Floats:
    """Ascending values, those within ``tolerance`` of the one kept before them left out."""
    kept: list[float] = []
    for value in np.sort(np.asarray(values, dtype=float)).tolist():
        if not kept or value - kept[-1] > tolerance:
            kept.append(value)
    return np.array(kept)


def interval(start: float, end: float, count: int, growth: float = 1.0, towards: Towards = "both") -> Floats:
    """(count + 1,) coordinates from ``start`` to ``end``; element sizes are a geometric series, smallest on the fine side."""
    if growth == 1.0:
        weights = np.ones(count)
    elif towards == "both":
        steps = np.minimum(np.arange(count), np.arange(count)[::-1])
        weights = growth ** steps.astype(float)
    else:
        weights = growth ** np.arange(count, dtype=float)
        if towards == "end":
            weights = weights[::-1]
    places = start + (end - start) * np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    places[-1] = end
    return places


def divided(faces: Floats, division: Division, tolerance: float, axis: str) -> Floats:
    """Grid lines through ``faces`` (n,) ascending [m], divided as asked.

    Raises MeshError for counts below 1 or of the wrong number, sizes that are not positive, growth below 1, and explicit lines
    that miss a face.
    """
    if isinstance(division, Lines):
        return _explicit(faces, division, tolerance, axis)
    if isinstance(division, MaxSize):
        return _sized(faces, division, axis)
    counts = division if isinstance(division, Counts) else Counts(division)
    given = counts.counts if isinstance(counts.counts, Sequence) else [counts.counts]
    if not all(isinstance(count, Integral) for count in given):
        raise MeshError(f"{axis}: divisions are whole numbers, Counts, MaxSize or Lines; given {counts.counts!r}")
    n = len(faces) - 1
    each = [counts.counts] * n if isinstance(counts.counts, int) else [int(c) for c in counts.counts]
    if len(each) != n:
        raise MeshError(f"{axis}: {len(each)} counts given for {n} intervals between the faces {_listed(faces)}")
    if min(each) < 1:
        raise MeshError(f"{axis}: an interval needs at least 1 element; given {each}")
    if not counts.growth >= 1:
        raise MeshError(f"{axis}: growth is {counts.growth:g}; it must be 1 or more (turn the grading with towards)")
    pieces = [interval(a, b, c, counts.growth, counts.towards) for a, b, c in zip(faces[:-1], faces[1:], each, strict=True)]
    return joined(pieces)


def joined(pieces: Sequence[Floats]) -> Floats:
    """One array from consecutive intervals that share their end points."""
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _explicit(faces: Floats, lines: Lines, tolerance: float, axis: str) -> Floats:
    coordinates = np.asarray(lines.coordinates, dtype=float)
    if coordinates.ndim != 1 or len(coordinates) < 2 or not (np.diff(coordinates) > tolerance).all():
        raise MeshError(f"{axis}: explicit lines must be two or more ascending coordinates, more than {tolerance:g} m apart")
    missed = [face for face in faces if np.abs(coordinates - face).min() > tolerance]
    if missed:
        raise MeshError(f"{axis}: the lines miss the faces at {_listed(np.array(missed))}; every face must be a grid line")
    return coordinates


def _sized(faces: Floats, asked: MaxSize, axis: str) -> Floats:
    first = asked.size if asked.first is None else asked.first
    if not (asked.size > 0 and first > 0 and asked.growth > 1):
        raise MeshError(f"{axis}: size and first must be positive and growth more than 1; given {asked}")
    pieces = []
    for start, end in pairwise(faces):
        sizes: list[float] = []
        half = (end - start) / 2
        while sum(sizes) < half * (1 - 1e-12):
            sizes.append(min(asked.size, first * asked.growth ** len(sizes)))
        scaled = np.array(sizes) * half / sum(sizes)
        if first >= asked.size:
            count = int(np.ceil((end - start) / asked.size * (1 - 1e-12)))
            pieces.append(interval(start, end, max(1, count)))
        else:
            widths = np.concatenate([scaled, scaled[::-1]])
            places = start + np.concatenate([[0.0], np.cumsum(widths)])
            places[-1] = end
            pieces.append(places)
    return joined(pieces)


def _listed(values: Floats) -> str:
    return ", ".join(f"{value:g}" for value in values[:8]) + (", ..." if len(values) > 8 else "")
