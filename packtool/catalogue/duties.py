"""Duty cycles of the catalogue: one file each in ``data/duties``, read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from packtool.catalogue.records import Frozen, Standing

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FOLDER = files("packtool.catalogue") / "data" / "duties"

DutyQuantity = Literal["speed_km_h", "p_rate", "c_rate"]

NOT_SHIPPED: Mapping[str, str] = {
    "manhattan": "published second by second only inside simulation programs whose files were not found in a readable form",
    "braunschweig": "no public table was found",
    "delhi": "no public table was found",
    "chtc": "part of a sold standard",
    "nuremberg": "published second by second only inside simulation programs whose files were not found in a readable form",
}
"""Cycles that users ask for by name, and why the catalogue has none of them: their own CSV is the way."""


class Duty(Frozen):
    """A duty over time.

    ``quantity``: vehicle speed [km/h]; power in multiples of the nominal energy an hour (p_rate) or current in multiples of the
    capacity (c_rate), discharge > 0. Either ``samples`` every ``every_s`` seconds, straight between them, or ``phases`` of
    (seconds, from, to). ``used_for`` says for what (``for`` in the file).
    """

    id: str
    name: str
    used_for: str = Field(alias="for")
    quantity: DutyQuantity
    every_s: float | None = None
    samples: tuple[float, ...] = ()
    phases: tuple[tuple[float, float, float], ...] = ()
    standing: Standing
    sources: tuple[str, ...] = ()
    licence: str
    note: str = ""

    @property
    def pieces(self) -> tuple[tuple[float, float, float], ...]:
        """(seconds, from, to) of every straight piece."""
        if self.every_s is None:
            return self.phases
        return tuple((self.every_s, a, b) for a, b in zip(self.samples, self.samples[1:], strict=False))

    @property
    def duration_s(self) -> float:
        """From beginning to end."""
        return sum(seconds for seconds, _, _ in self.pieces)

    @property
    def largest(self) -> float:
        """Largest magnitude of the quantity."""
        return max(max(abs(a), abs(b)) for _, a, b in self.pieces)

    @property
    def distance_km(self) -> float | None:
        """Distance driven; None where the quantity is no speed."""
        if self.quantity != "speed_km_h":
            return None
        return sum(seconds * (a + b) / 2 for seconds, a, b in self.pieces) / 3600.0


class _DutyFiles(Mapping[str, Duty]):
    """The duties by id, each read on demand."""

    def __init__(self) -> None:
        names = (entry.name for entry in _FOLDER.iterdir())
        self._ids = tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
        self._read: dict[str, Duty] = {}

    def __getitem__(self, id_: str) -> Duty:
        if id_ not in self._ids:
            raise KeyError(id_)
        if id_ not in self._read:
            text = (_FOLDER / f"{id_}.yaml").read_text(encoding="utf-8")
            self._read[id_] = Duty(**yaml.load(text, Loader=_Loader))
        return self._read[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@cache
def duties() -> Mapping[str, Duty]:
    """Every duty by id, in the order of the ids."""
    return _DutyFiles()
