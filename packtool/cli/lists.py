"""`packtool new`, and the lists of what there is to build from."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from packtool.cli.console import AsJson, app, print_json, say
from packtool.errors import UsageError


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the design; also of its file, NAME.yaml.", show_default=False)],
    template: Annotated[str, typer.Option("--template", "-t", metavar="T", help="The template to start from.")] = "bus-lfp",
) -> None:
    """Write a design file to edit."""
    from packtool.artifacts import write_text
    from packtool.catalogue.load import nearest
    from packtool.design.json_schema import SCHEMA_FILE
    from packtool.design.templates import new_design_text, templates

    known = templates()
    if template not in known:
        close = nearest(template, known)
        raise UsageError(
            f"no template {template!r}; there are: {', '.join(known)}" + (f" (did you mean {close}?)" if close else "")
        )
    text = new_design_text(known[template], name)
    path = Path(f"{name}.yaml")
    if path.exists():
        raise UsageError(f"{path} exists already; nothing was written")
    write_text(path, text)
    if not Path(SCHEMA_FILE).exists():  # what the file's first line names, for editors
        write_text(Path(SCHEMA_FILE), _schema_text())
    say(f"wrote {path}; next: packtool check {path}")


@app.command("templates")
def list_templates(as_json: AsJson = False) -> None:
    """The designs to start from."""
    from packtool.design.templates import templates

    known = templates()
    if as_json:
        print_json("packtool/templates/1", {"templates": {name: t.description for name, t in known.items()}})
    else:
        wide = max(map(len, known))
        for name, entry in known.items():
            say(textwrap.fill(entry.description, 79, initial_indent=f"{name:<{wide}}  ", subsequent_indent=" " * (wide + 2)))


Ident = Annotated[str | None, typer.Argument(metavar="[ID]", help="Show this one in full.", show_default=False)]


_ONE = {"cells": "cell", "materials": "material", "coolants": "coolant", "duties": "duty"}


def _catalogue(kind: str, ident: str | None, as_json: bool) -> None:
    from packtool.catalogue import load
    from packtool.report import listing

    known: Any
    table: Callable[[Any], str]
    card: Callable[[Any, Any], str]
    if kind == "cells":
        known, table, card = load.cells(), listing.cell_table, listing.cell_card
    elif kind == "materials":
        known, table, card = load.materials(), listing.material_table, listing.material_card
    elif kind == "coolants":
        known, table, card = load.coolants(), listing.coolant_table, listing.coolant_card
    else:
        from packtool.catalogue.duties import duties as every_duty

        known, table, card = every_duty(), listing.duty_table, listing.duty_card
    if ident is not None and ident not in known:
        close = load.nearest(ident, known)
        raise UsageError(
            f"no {_ONE[kind]} {ident!r}" + (f" (did you mean {close}?)" if close else "") + f"; `packtool {kind}` lists them"
        )
    if as_json and ident is not None:
        print_json(f"packtool/{_ONE[kind]}/1", listing.as_json(known[ident]))
    elif as_json:
        print_json(f"packtool/{kind}/1", {kind: {name: listing.as_json(known[name]) for name in known}})
    else:
        say(table(known) if ident is None else card(known[ident], load.sources()))


@app.command()
def cells(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's cells: what is known, how well, from where."""
    _catalogue("cells", ident, as_json)


@app.command()
def materials(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's solid materials."""
    _catalogue("materials", ident, as_json)


@app.command()
def coolants(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's coolants."""
    _catalogue("coolants", ident, as_json)


@app.command()
def duties(ident: Ident = None, as_json: AsJson = False) -> None:
    """The catalogue's duty cycles, with their sources and licences."""
    _catalogue("duties", ident, as_json)


@app.command()
def schema() -> None:
    """The JSON Schema of the design file, for editors."""
    say(_schema_text())


def _schema_text() -> str:
    import json

    from packtool.design.json_schema import design_json_schema

    return json.dumps(design_json_schema(), indent=2, ensure_ascii=False) + "\n"
