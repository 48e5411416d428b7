"""Every complaint about a design's keys and values, by its JSON Schema.

pydantic decides whether a design is valid and makes the records; this says what is wrong, in the terms of the file. It walks the same
schema that editors are given, so the allowed keys, ranges and words in a message cannot differ from what is enforced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from packtool.design.document import Document, KeyPath, dotted
from packtool.design.homes import Home, Schema, confined_to, homes_of, is_at
from packtool.design.scalars import why_no_number
from packtool.design.schema import PATTERN_WORDS, DesignRecord, PackDesign
from packtool.design.suggest import did_you_mean, invisible, nearest
from packtool.design.value_checks import fits_kind, matches, number_wrong, takes_number, text_wrong
from packtool.design.wording import needed, shown, unit_of

MOST_SUGGESTIONS = 50
"""Unknown keys that get a suggestion; a file with more is not a misspelt design, and looking costs time."""


def complain_about(document: Document) -> Any:
    """Add to ``document`` what is wrong with it as a design; gives its data with defaults filled in, where they could be."""
    return _Walk(document).check_top()


@cache
def _schema() -> dict[str, Any]:
    """The schema of a design; made once, it takes a hundred times as long as one pass along it. Nobody changes it."""
    return PackDesign.model_json_schema()


@cache
def _homes() -> dict[str, list[Home]]:
    return homes_of(_schema())


class _Walk:
    """One pass over the data along the schema."""

    def __init__(self, document: Document) -> None:
        self.document, self.schema = document, _schema()
        self.records = {record.__name__: record for record in _records(DesignRecord)}
        self.homes = _homes()
        self.suggestions_left = MOST_SUGGESTIONS

    def check_top(self) -> Any:
        if not isinstance(self.document.data, dict):
            return None
        return self._mapping(self.document.data, self.schema, (), PackDesign)

    def check(self, value: Any, schema: Schema, path: KeyPath) -> Any:
        """Complain about ``value``; gives it with defaults filled in."""
        meant, record = self._meant(value, schema)
        if isinstance(value, dict) and meant.get("type") == "object":
            return self._mapping(value, meant, path, record)
        if isinstance(value, list) and meant.get("type") == "array":
            return self._list(value, meant, path)
        wrong = self._scalar(value, meant, schema, path)
        if wrong:
            self.document.complain(path, wrong)
        return value

    def _meant(self, value: Any, schema: Schema) -> tuple[Schema, type[DesignRecord] | None]:
        """The branch that ``value`` is evidently meant for (the schema itself if none is), and the class behind it.

        Of several mappings it is the one whose words (``pattern: square``) the value has; where it has none of them, the first, with
        the words of all.
        """
        branches = [self._resolved(branch) for branch in schema.get("anyOf", (schema,))]
        fitting = [branch for branch in branches if fits_kind(value, branch[0])]
        if len(fitting) > 1 and isinstance(value, dict):
            return _by_its_words(value, fitting)
        return fitting[0] if fitting else self._resolved(schema)

    def _resolved(self, schema: Schema) -> tuple[Schema, type[DesignRecord] | None]:
        if "$ref" not in schema:
            return schema, None
        name = schema["$ref"].rpartition("/")[2]
        return self.schema["$defs"][name], self.records.get(name)

    def _mapping(self, data: dict[str, Any], schema: Schema, path: KeyPath, record: type[DesignRecord] | None) -> dict[str, Any]:
        if "properties" not in schema:
            return self._named_entries(data, schema, path)
        properties: Schema = schema["properties"]
        completed: dict[str, Any] = {}
        for key, value in data.items():
            if key in properties:
                completed[key] = self.check(value, properties[key], (*path, key))
            elif schema.get("additionalProperties") is not True:
                self._unknown_key(key, data, properties, path, record)
        for key, field in properties.items():
            if key in data or (*path, key) in self.document.wrong:  # wrong: a misspelt key was meant for it
                continue
            if key in schema.get("required", ()):
                self.document.complain((*path, key), self._missing(key, field))
            elif "default" in field:
                completed[key] = field["default"]
        for agreement in record.agreements if record else ():
            values = [completed.get(key) for key in agreement.keys]
            if any(self._is_wrong((*path, key), value) for key, value in zip(agreement.keys, values, strict=True)):
                continue
            disagreement = agreement.check(*values)
            if disagreement:
                self.document.complain((*path, agreement.at), disagreement)
        return completed

    def _missing(self, key: str, field: Schema) -> str:
        resolved = self._inlined(field)
        about = field.get("description") or resolved["description"].partition("\n")[0].rstrip(".").replace("``", "")
        is_text = resolved.get("type") == "string" and "enum" not in resolved
        return f"missing: {about}" if is_text or "anyOf" in resolved else f"missing: {about} ({needed(resolved, unit_of(key))})"

    def _is_wrong(self, path: KeyPath, value: Any) -> bool:
        """Is there a complaint about this key, or about an entry of its list?"""
        wrong = self.document.wrong
        return path in wrong or (isinstance(value, list) and any((*path, index) in wrong for index in range(len(value))))

    def _unknown_key(
        self, key: str, data: dict[str, Any], properties: Schema, path: KeyPath, record: type[DesignRecord] | None
    ) -> None:
        """Complain; the key that was probably meant counts as wrong, not as missing."""
        if record is not None and key in record.absent:
            self.document.complain((*path, key), record.absent[key])
            return
        meant = None
        other_words = [word for home, word in self.homes.get(key, ()) if word and is_at(home, path)]
        if self.suggestions_left > 0 and not other_words:
            self.suggestions_left -= 1
            meant = nearest(key, properties)
        hint = f"; did you mean {meant}?" if meant else ""
        if meant and meant not in data:
            self.document.wrong.add((*path, meant))
        hidden = invisible(key)
        if hidden:
            hint = f" with an invisible character in it ({hidden})" + hint
        elif key.isdigit() and (*path, key) in self.document.empty:
            hint = "; was a decimal comma meant? A decimal point is a dot"
        elif other_words:
            hint = f"; it goes with {' or '.join(other_words)}"
        elif not meant and len(places := self._shallowest(key)) in (1, 2):
            hint = f"; it belongs {' or '.join(places)}"
        shown_key = key if len(key) <= 60 else key[:60] + "..."
        self.document.complain((*path, key), f"unknown key {shown_key!r}{hint}; allowed here: {', '.join(properties)}")

    def _shallowest(self, key: str) -> tuple[str, ...]:
        """Where a key may stand, of its places those nearest to the top."""
        homes = [home for home, _ in self.homes.get(key, ())]
        least = min(map(len, homes), default=0)
        return tuple(dict.fromkeys(f"under {dotted(home)}" if home else "at the top" for home in homes if len(home) == least))

    def _named_entries(self, data: dict[str, Any], schema: Schema, path: KeyPath) -> dict[str, Any]:
        """A mapping whose keys are names of the user's choice."""
        if len(data) < schema.get("minProperties", 0):
            self.document.complain(path, f"needs at least {schema['minProperties']} entry")
        (pattern, entry), *_ = schema["patternProperties"].items()
        longest = schema.get("propertyNames", {}).get("maxLength", 1_000)
        completed = {}
        for name, value in data.items():
            if not matches(pattern, name) or len(name) > longest:
                long = f", {longest} characters at most" if len(name) > longest else ""
                self.document.complain((*path, name), f"this key must be {PATTERN_WORDS[pattern]}{long}")
            else:
                completed[name] = self.check(value, entry, (*path, name))
        return completed

    def _list(self, items: list[Any], schema: Schema, path: KeyPath) -> list[Any]:
        fixed = schema.get("prefixItems")
        if fixed and len(items) != len(fixed):
            self.document.complain(path, f"takes {len(fixed)} numbers, got {len(items)}")
            return items
        if len(items) < schema.get("minItems", 0):
            least = schema["minItems"]
            wanted = "one entry" if least == 1 else f"{least} entries"
            self.document.complain(path, f"needs at least {wanted}, got {f'{len(items)}' if items else 'an empty list'}")
        entries = fixed or [schema["items"]] * len(items)
        return [self.check(item, entry, (*path, index)) for index, (item, entry) in enumerate(zip(items, entries, strict=True))]

    def _scalar(self, value: Any, meant: Schema, schema: Schema, path: KeyPath) -> str | None:
        """What is wrong with a value that is no mapping or list where one is due."""
        unit = unit_of(_last_name(path))
        none = value is None and meant.get("type") == "null"
        if path in self.document.empty:
            return f"has no value; it takes {needed(self._inlined(schema), unit)}" + (", or null for none" if none else "")
        if none:
            return None
        if "const" in meant or "enum" in meant:
            words = meant.get("enum") or [meant["const"]]
            if any(value == word and type(value) is type(word) for word in words):
                return None
            hint = did_you_mean(value, words) if isinstance(value, str) and all(isinstance(word, str) for word in words) else ""
            return f"must be {' or '.join(str(word) for word in words)}, got {shown(value)}{hint}"
        if not fits_kind(value, meant):
            hint = ""
            if takes_number(self._inlined(schema)) and isinstance(value, str):
                hint = why_no_number(value)
            elif meant.get("type") == "string" and isinstance(value, (bool, int, float)):
                hint = ": put it in quotes to make it a text"
            return f"must be {needed(self._inlined(schema), unit)}, got {shown(value)}{hint}"
        if isinstance(value, bool):
            return None
        if isinstance(value, str):
            return text_wrong(value, meant)
        return number_wrong(value, meant, unit)

    def _inlined(self, schema: Schema) -> Schema:
        """``schema`` with references to classes replaced by them, one level deep."""
        if "anyOf" in schema:
            return {**schema, "anyOf": [self._resolved(branch)[0] for branch in schema["anyOf"]]}
        return self._resolved(schema)[0]


def _records(base: type[DesignRecord]) -> Iterator[type[DesignRecord]]:
    """Every record of the design file below ``base``."""
    for record in base.__subclasses__():
        yield record
        yield from _records(record)


type _Branch = tuple[Schema, type[DesignRecord] | None]


def _by_its_words(value: dict[str, Any], branches: Sequence[_Branch]) -> _Branch:
    """The mapping that ``value`` means, told apart by a key (``pattern``, ``type``) that takes other words in each of them."""
    shared = [
        key for key in branches[0][0]["properties"] if all(confined_to(branch["properties"].get(key, {})) for branch, _ in branches)
    ]
    for key in shared:
        spelt = key if key in value else nearest(key, value)
        for branch, record in branches:
            field = branch["properties"][key]
            if (value[spelt] in confined_to(field)) if spelt else ("default" in field):
                return branch, record
        first, record = branches[0]
        every = [word for branch, _ in branches for word in confined_to(branch["properties"][key])]
        about = "; ".join(dict.fromkeys(branch["properties"][key]["description"] for branch, _ in branches))
        field = {name: of for name, of in first["properties"][key].items() if name != "const"} | {
            "enum": every,
            "description": about,
        }
        # its other keys may well be those of another branch: only what is wrong with the word itself can be said
        return {**first, "properties": {key: field}, "required": [key], "additionalProperties": True}, None
    return branches[0]


def _last_name(path: KeyPath) -> str:
    return next((key for key in reversed(path) if isinstance(key, str)), "")
