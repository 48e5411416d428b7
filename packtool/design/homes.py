"""Where each key of a design may stand, by its JSON Schema: for a complaint about a key that stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from packtool.design.document import KeyPath

Schema = Mapping[str, Any]

type Home = tuple[KeyPath, str]
"""Where a key may stand, ``<name>`` for a name of the user's choice, and the word (``pattern: square``) that it goes with there, if any."""


def homes_of(schema: Schema) -> dict[str, list[Home]]:
    """Where each key may stand."""
    homes: dict[str, list[Home]] = {}
    for key, home in _keys_below(schema, schema, ((), "")):
        homes.setdefault(key, []).append(home)
    return homes


def is_at(home: KeyPath, path: KeyPath) -> bool:
    """Is ``path`` a place that ``home`` describes?"""
    return len(home) == len(path) and all(own in ("<name>", other) for own, other in zip(home, path, strict=True))


def _keys_below(schema: Schema, top: Schema, home: Home) -> Iterator[tuple[str, Home]]:
    path, _ = home
    given = schema.get("anyOf", (schema,))
    branches = [top["$defs"][branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch for branch in given]
    mappings = [branch for branch in branches if "properties" in branch]
    for branch in branches:
        word = _own_word(branch, mappings) if "properties" in branch and len(mappings) > 1 else ""
        for key, below in branch.get("properties", {}).items():
            yield key, (path, word)
            yield from _keys_below(below, top, ((*path, key), ""))
        if "items" in branch:
            yield from _keys_below(branch["items"], top, (path, ""))
        for below in branch.get("patternProperties", {}).values():
            yield from _keys_below(below, top, ((*path, "<name>"), ""))


def _own_word(branch: Schema, among: Sequence[Schema]) -> str:
    """``type: serpentine or parallel``: what tells this mapping from the others; empty if nothing does."""
    for key, field in branch["properties"].items():
        if all(confined_to(other["properties"].get(key, {})) for other in among):
            return f"{key}: {' or '.join(map(str, confined_to(field)))}"
    return ""


def confined_to(field: Schema) -> tuple[Any, ...]:
    """The words that a key is confined to; none for any other key."""
    return (field["const"],) if "const" in field else tuple(field.get("enum", ()))
