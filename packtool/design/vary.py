"""One key of a design over a span of values, as ``--vary KEY=FROM:TO:STEP`` says it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packtool.design.suggest import did_you_mean
from packtool.errors import UsageError

MOST_VALUES = 200
"""More solves than this in one command are a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Variation:
    """``key`` dotted, and the values that it takes."""

    key: str
    values: tuple[float, ...]


def variation(text: str, data: Mapping[str, Any]) -> Variation:
    """``KEY=FROM:TO:STEP`` or ``KEY=A,B,C``; KEY dotted, or its last word where only one key of the design ends in it.

    ``data``: the design with its defaults. TO is one of the values if STEP leads there to a millionth of STEP. Raises UsageError.
    """
    key, equals, span = text.partition("=")
    if not equals or not key.strip() or not span.strip():
        raise UsageError(f"--vary {text}: write KEY=FROM:TO:STEP or KEY=A,B,C, as in flow_lpm=4:16:2")
    return Variation(_key(key.strip(), data), _values(text, span))


def _key(name: str, data: Mapping[str, Any]) -> str:
    keys = tuple(_numbers(data))
    if name in keys:
        return name
    ends = [key for key in keys if key.endswith(f".{name}")]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise UsageError(f"--vary {name}: which one? {', '.join(ends)}")
    close = did_you_mean(name, keys) or did_you_mean(name, [key.rpartition(".")[2] for key in keys])
    raise UsageError(f"--vary {name}: no key of the design with a number is called so{close}")


def _numbers(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Dotted keys whose values are numbers, or nothing yet."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, (*path, str(key)))
    elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield ".".join(path)


def _values(text: str, span: str) -> tuple[float, ...]:
    colon = ":" in span
    try:
        numbers = [float(word) for word in span.split(":" if colon else ",")]
    except ValueError:
        raise UsageError(f"--vary {text}: {span} is not FROM:TO:STEP or A,B,C in numbers") from None
    if not all(math.isfinite(number) for number in numbers):
        raise UsageError(f"--vary {text}: the values must be finite")
    if not colon:
        return _counted(text, numbers)
    if len(numbers) != 3:
        raise UsageError(f"--vary {text}: three numbers, FROM:TO:STEP, not {len(numbers)}")
    first, last, step = numbers
    if step == 0 or (last - first) * step < 0:
        raise UsageError(f"--vary {text}: a step of {step:g} does not lead from {first:g} to {last:g}")
    steps = (last - first) / step + 1e-6
    if not steps < MOST_VALUES:  # nor infinitely many
        raise UsageError(f"--vary {text}: {1 + steps:.6g} values; at most {MOST_VALUES}")
    return tuple(float(f"{first + k * step:.12g}") for k in range(math.floor(steps) + 1))


def _counted(text: str, numbers: Sequence[float]) -> tuple[float, ...]:
    if len(numbers) > MOST_VALUES:
        raise UsageError(f"--vary {text}: {len(numbers)} values; at most {MOST_VALUES}")
    return tuple(numbers)
