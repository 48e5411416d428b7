"""The design file's JSON Schema, for editors: keys with their meaning, ranges, and the catalogue's ids to choose from."""

from __future__ import annotations

from typing import Any

from packtool.catalogue import load as catalogue
from packtool.design.schema import PackDesign
from packtool.design.schema.base import CASE_PATTERN
from packtool.design.wording import unit_of

SCHEMA_ID = "urn:packtool:design:1"
SCHEMA_FILE = "design.schema.json"
"""Name of the file that a design's first line points its editor to."""
_CELL_PATH = r"\.([jJ][sS][oO][nN]|[yY][aA]?[mM][lL])$"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def design_json_schema() -> dict[str, Any]:
    """The schema, Draft 2020-12; a key that takes an id of the catalogue lists the ids there are.

    It is as strict as the loader key by key; what keys must agree on (series x parallel = rows x cells_per_row) only the loader knows.
    """
    schema = PackDesign.model_json_schema()
    ids = {
        "cells": sorted(catalogue.cells()),
        "materials": sorted(catalogue.materials()),
        "coolants": sorted(catalogue.coolants()),
    }
    for node in _nodes(schema):
        node.pop("title", None)
        kind = node.pop("x-catalogue", None)
        if kind is not None:
            for key in ("type", "minLength", "maxLength"):
                del node[key]
            node["$ref"] = f"#/$defs/{kind}"
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for key, value in node.get("properties", {}).items():
            _say_unit(key, value)
    path, described = schema["properties"]["cell"]["anyOf"]
    path |= {"pattern": _CELL_PATH, "description": "path of a BPX file (.json) or of a cell file (.yaml), relative to the design"}
    schema["properties"]["cell"]["anyOf"] = [{"$ref": "#/$defs/cells"}, path, described]
    schema["$defs"] |= {
        kind: {"enum": known, "description": f"id in the catalogue; `packtool {kind}` lists them"} for kind, known in ids.items()
    }
    own = {"type": "string", "pattern": CASE_PATTERN, "description": "name of a material of your own, under materials"}
    schema["$defs"]["materials"] = {"anyOf": [schema["$defs"]["materials"], own]}
    return {"$schema": _DIALECT, "$id": SCHEMA_ID, "title": "packtool design", **schema}


def _nodes(value: Any) -> list[dict[str, Any]]:
    """Every mapping in the schema that is a schema itself, outermost first."""
    if isinstance(value, list):
        return [node for item in value for node in _nodes(item)]
    if not isinstance(value, dict):
        return []
    found = [value]
    for key, below in value.items():
        if key in ("properties", "$defs", "patternProperties"):
            for named in below.values():
                found += _nodes(named)
        elif key not in ("default", "enum", "const"):
            found += _nodes(below)
    return found


def _say_unit(key: str, schema: dict[str, Any]) -> None:
    """Put the unit behind the description, where the description does not say it."""
    unit = unit_of(key)
    text = schema.get("description", "")
    if unit and not text.endswith("]"):
        schema["description"] = f"{text} [{unit}]".strip()
