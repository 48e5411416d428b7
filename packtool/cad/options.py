"""What a user may choose about the CAD, and the layout of what is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from packtool.cad.choices import ASSEMBLIES, STEP_SCHEMAS
from packtool.catalogue.load import nearest
from packtool.errors import UsageError
from packtool.layout.imported import Imported
from packtool.layout.records import Layout, Part, Role

CadFormat = Literal["step", "stl", "glb", "3mf", "drawing"]
FORMATS: tuple[CadFormat, ...] = get_args(CadFormat)

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class CadOptions:
    """What to make: the STEP's protocol, the pack taken apart beside it (STEP and GLB), pictures, and of which ``part`` or which roles ``only``,
    None and empty for the whole pack. Raises UsageError for what is not in the registries."""

    step_schema: str = "ap242"
    exploded: bool = False
    pictures: bool = False
    part: str | None = None
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.step_schema not in STEP_SCHEMAS:
            raise UsageError(_unknown("STEP schema", self.step_schema, tuple(STEP_SCHEMAS)))
        for name in self.only:
            if name not in ASSEMBLIES and name not in ROLES:
                raise UsageError(_unknown("role", name, only_choices()))
        if self.part is not None and self.only:
            raise UsageError("--part and --only cannot be given together: the one takes one part, the other all of a role")

    @property
    def whole(self) -> bool:
        """All of the pack is exported."""
        return self.part is None and not self.only


DEFAULT_OPTIONS = CadOptions()
"""The whole pack, AP242."""


def only_choices() -> tuple[str, ...]:
    """What ``--only`` takes."""
    return (*ASSEMBLIES, *(role for role in ROLES if role not in ASSEMBLIES))


def chosen(layout: Layout, options: CadOptions) -> Layout:
    """The layout of what ``options`` ask for: one part in its own frame, or the parts of some roles where they stand.

    Raises UsageError with what there is, and the nearest of it, where nothing is chosen.
    """
    if options.part is not None:
        return _one_part(layout, options.part)
    if not options.only:
        return layout
    roles = {role for name in options.only for role in ASSEMBLIES.get(name, (name,))}
    parts = layout.parts_of(*roles)  # type: ignore[arg-type]
    imported = layout.imported if "imported" in roles else ()
    if not parts and not imported:
        present = ", ".join(
            dict.fromkeys([*(product.role for product in layout.products), *(["imported"] if layout.imported else [])])
        )
        raise UsageError(f"{layout.name} has no part of {' or '.join(options.only)}; its roles are: {present}")
    return _of_parts(layout, "-".join(options.only), parts, imported)


def _one_part(layout: Layout, name: str) -> Layout:
    """The part of this name, or the first part of the product of this id; called as the pack calls it."""
    every: tuple[Part | Imported, ...] = (*layout.parts, *layout.imported)
    part = (
        next((p for p in every if p.name == name), None)
        or next((p for p in every if p.product == name), None)
        or next((p for p in every if _numbers(p.name) == _numbers(name) is not None), None)
    )
    if part is None:
        names = (*(p.name for p in every), *(product.id for product in layout.products), *(p.product for p in layout.imported))
        close = nearest(name, names)
        hint = f"; did you mean {close}?" if close else ""
        products = ", ".join(dict.fromkeys([*(product.id for product in layout.products), *(p.product for p in layout.imported)]))
        cell = next((f" (as {p.name})" for p in layout.parts_of("cell")), "")
        raise UsageError(f"{layout.name} has no part {name!r}{hint}; parts go by their name{cell} or their product: {products}")
    called = part.product if part.name != name and part.product == name else part.name
    if isinstance(part, Imported):
        return _of_parts(layout, called, (), (replace(part, origin=(0.0, 0.0, 0.0), rotation_deg=(0.0, 0.0, 0.0)),))
    return _of_parts(layout, called, (replace(part, origin=(0.0, 0.0, 0.0), rotation_deg=0, group=()),))


def _numbers(name: str) -> tuple[int, ...] | None:
    """Module (0: none), row and column of a cell's name, however many digits they are written with."""
    found = re.fullmatch(r"(?:M(\d+)\.)?R(\d+)C(\d+)", name, re.IGNORECASE)
    return (int(found[1] or 0), int(found[2]), int(found[3])) if found else None


def _of_parts(layout: Layout, name: str, parts: tuple[Part, ...], imported: tuple[Imported, ...] = ()) -> Layout:
    used = {part.product for part in parts}
    products = tuple(p for p in layout.products if p.id in used)
    return replace(layout, name=name, parts=parts, products=products, imported=imported, network=None, joints=())


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    close = nearest(name, known)
    return f"unknown {what} {name!r}" + (f"; did you mean {close}?" if close else "") + f"; choose from {', '.join(known)}"
