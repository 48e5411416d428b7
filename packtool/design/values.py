"""The values of a design that may still be wrong elsewhere: what checks across keys read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packtool.design.document import KeyPath


@dataclass(frozen=True)
class Values:
    """A design's values, defaults filled in, as far as nothing is wrong with them."""

    data: Any
    wrong: set[KeyPath]

    def at(self, *path: str | int) -> Any:
        """The value of a key (entries of a list by their index); None if it is not given, null, or there is a complaint about it."""
        value = self.data
        for depth, key in enumerate(path, 1):
            if path[:depth] in self.wrong:
                return None
            if isinstance(key, int) and isinstance(value, list | tuple) and key < len(value):
                value = value[key]
            elif isinstance(value, Mapping):
                value = value.get(key)
            else:
                return None
        return value
