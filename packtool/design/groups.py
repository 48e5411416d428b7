"""How the parallel groups of a grid of cells share it out: blocks of rows and columns, all alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A group of ``rows`` x ``columns`` cells."""

    rows: int
    columns: int


def blocks(rows: int, columns: int, parallel: int) -> tuple[Block, ...]:
    """Every shape that a group of ``parallel`` cells can have in a grid of ``rows`` x ``columns``, most rows first."""
    return tuple(
        Block(r, parallel // r)
        for r in range(min(rows, parallel), 0, -1)
        if rows % r == 0 and parallel % r == 0 and columns % (parallel // r) == 0
    )


def block_of(rows: int, columns: int, parallel: int, group_rows: int | None) -> Block | None:
    """The shape with ``group_rows`` rows, or the one of most rows if that is None; None if there is none."""
    fitting = blocks(rows, columns, parallel)
    return next((block for block in fitting if group_rows in (None, block.rows)), None)
