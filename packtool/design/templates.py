"""Designs to start from, shipped with packtool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import packtool
from packtool.design.document import read_document
from packtool.design.json_schema import SCHEMA_FILE
from packtool.design.schema import NAME_PATTERN, PATTERN_WORDS
from packtool.errors import UsageError

_LONGEST_NAME = 64
_EDITOR_LINE = re.compile(r"\A# yaml-language-server: \$schema=.*\n")
_NAME_LINE = re.compile(r"^(name:[ \t]*)[^\s#]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A design to start from: its name, what the design says of itself, its file and the file's text."""

    name: str
    description: str
    path: Path
    text: str


@cache
def templates() -> Mapping[str, Template]:
    """The shipped designs by name, in alphabetical order.

    They lie in ``packtool/templates`` of an installed package, and in ``templates`` beside the package in a checkout.
    """
    package = Path(packtool.__file__).parent
    folder = next((place for place in (package / "templates", package.parent / "templates") if place.is_dir()), None)
    return {path.stem: _template(path) for path in sorted(folder.glob("*.yaml"))} if folder else {}


def new_design_text(template: Template, name: str) -> str:
    """The template's text under a new ``name``, comments and all; its editor line points to ``SCHEMA_FILE`` beside the new design.

    Raises UsageError if ``name`` cannot be the name of a design.
    """
    if len(name) > _LONGEST_NAME or not re.fullmatch(NAME_PATTERN[1:-1], name):
        raise UsageError(
            f"{name!r} cannot be the name of a design: that is {PATTERN_WORDS[NAME_PATTERN]}, {_LONGEST_NAME} characters at most"
        )
    # a name like 12 or null would be read as a number or nothing
    quoted = name if re.match("[a-z]", name) and name not in ("null", "true", "false") else f'"{name}"'
    text, replaced = _NAME_LINE.subn(lambda line: line[1] + quoted, template.text)
    if replaced != 1:
        raise ValueError(f"template {template.name}: wanted one line 'name: ...' at the top level, found {replaced}")
    return _EDITOR_LINE.sub(f"# yaml-language-server: $schema={SCHEMA_FILE}\n", text)


def _template(path: Path) -> Template:
    text = path.read_text(encoding="utf-8")
    return Template(path.stem, str(read_document(text, path.name).data.get("description", "")), path, text)
