"""The enclosure around what a pattern laid out: tray, lid, seal, bolts, brackets, fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Enclosure
from packtool.errors import DesignError
from packtool.layout.complaints import complain
from packtool.layout.enclosure_checks import check_enclosure
from packtool.layout.fasteners import THREADS, bolt_length, bolt_product, nut_product
from packtool.layout.fixtures import fixture_faults, fixture_parts
from packtool.layout.flange import Flange, has_nuts, plan_flange
from packtool.layout.mounts import mount_parts, taken
from packtool.layout.openings import Fitting
from packtool.layout.profiles import Profile, turned_box
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.tray import GROUP, lid_parts, tray_parts
from packtool.layout.tray_bends import Standing, fold_radii
from packtool.layout.tray_plan import TrayPlan, clear_height, grip, openings_of


def enclosed(
    loaded: LoadedDesign, tray: TrayPlan, products: Sequence[Product], parts: Sequence[Part]
) -> tuple[list[Product], list[Part]]:
    """The enclosure of a pack whose other ``products`` and ``parts`` are laid out: hoses go to the fittings among them.

    Raises DesignError where an opening for a hose does not fit.
    """
    roles = {product.id: product for product in products}
    fittings = tuple(
        Fitting(
            part.name.removeprefix("fitting "), part.origin[0], part.origin[1], part.origin[2] + roles[part.product].bounds()[5] / 2
        )
        for part in parts
        if part.product in roles and roles[part.product].role == "fitting" and part.name.startswith("fitting ")
    )
    planned = replace(tray, fittings=fittings)
    enclosure = loaded.design.enclosure
    complaints = check_enclosure(loaded, enclosure, planned)
    if not complaints:
        openings = openings_of(enclosure, plan_flange(enclosure, planned.inside), planned)
        complaints = [complain(loaded, *fault) for fault in fixture_faults(openings, planned.inside, products, parts)]
    if complaints:
        raise DesignError(complaints)
    made, placed = enclosure_parts(enclosure, planned, _standing(products, parts))
    return made, _told_apart(placed, {part.name for part in parts})


def _standing(products: Sequence[Product], parts: Sequence[Part]) -> list[Standing]:
    """What the parts take in the plan, and their undersides."""
    bounds = {product.id: product.bounds() for product in products}
    found = []
    for part in parts:
        x0, y0, z0, x1, y1, _ = bounds[part.product]
        x0, y0, x1, y1 = turned_box((x0, y0, x1, y1), part.rotation_deg)
        x, y, z = part.origin
        found.append((x0 + x, y0 + y, x1 + x, y1 + y, z0 + z))
    return found


def _told_apart(parts: Sequence[Part], taken: set[str]) -> list[Part]:
    """The parts, with a number behind names that are taken: those of fixtures are the user's words."""
    found, names = [], {*taken, *(part.name for part in parts if part.name)}
    seen = set(taken)
    for part in parts:
        name, number = part.name, 1
        while name in seen or (number > 1 and name in names):
            number += 1
            name = f"{part.name} {number}"
        seen.add(name)
        found.append(part if name == part.name else replace(part, name=name))
    return found


def enclosure_parts(enclosure: Enclosure, tray: TrayPlan, inside: Sequence[Standing] = ()) -> tuple[list[Product], list[Part]]:
    """Everything of the enclosure around what stands ``inside``. The tray stands on z = 0 and the lid on the flange; beams under the floor hang below."""
    flange = plan_flange(enclosure, tray.inside)
    openings = openings_of(enclosure, flange, tray)
    stretches = taken(enclosure, flange)
    clear = clear_height(enclosure, tray.top)
    fold = fold_radii(enclosure, flange, [*inside, *((*plan, low) for _, plan, low, _ in tray.covered)], openings)
    products, parts = tray_parts(enclosure, flange, tray.top, openings, stretches, clear, fold)
    for made, placed in (
        lid_parts(enclosure, flange, tray.top),
        _seal_parts(enclosure, flange, tray.top),
        _bolt_parts(enclosure, flange, tray.top),
        mount_parts(enclosure, flange, clear),
        fixture_parts(enclosure, openings, tray.inside, flange.edge if enclosure.style == "extruded" else enclosure.wall_mm),
    ):
        products += made
        parts += placed
    return products, parts


def _seal_parts(enclosure: Enclosure, flange: Flange, top: float) -> tuple[list[Product], list[Part]]:
    """The seal as it is under the lid: it fills its groove."""
    if enclosure.seal is None or flange.groove is None:
        return [], []
    depth = enclosure.seal.groove_depth_mm
    ring = Profile(flange.loop(flange.groove[1]), (flange.loop(flange.groove[0]),))
    seal = Product(
        "seal", "seal", enclosure.seal.material, (Sweep(ring, 0.0, depth),),
        f"seal, {enclosure.seal.groove_width_mm:g} x {depth:g} mm as compressed",
    )  # fmt: skip
    return [seal], [Part("seal", seal.id, (0.0, 0.0, top - depth), group=GROUP)]


def _bolt_parts(enclosure: Enclosure, flange: Flange, top: float) -> tuple[list[Product], list[Part]]:
    if enclosure.bolt is None:
        return [], []
    under = top - grip(enclosure)
    nut_height = THREADS[enclosure.bolt].nut if has_nuts(enclosure) else 0.0
    bolt = bolt_product(enclosure.bolt, bolt_length(enclosure.lid_mm + grip(enclosure) + nut_height), enclosure.bolt_material)
    group = (*GROUP, "lid bolts")
    products, digits = [bolt], len(str(len(flange.bolts)))
    head = top + enclosure.lid_mm
    parts = [Part(f"bolt {k:0{digits}d}", bolt.id, (x, y, head), group=group) for k, (x, y) in enumerate(flange.bolts, 1)]
    if has_nuts(enclosure):
        nut = nut_product(enclosure.bolt, enclosure.bolt_material)
        products.append(nut)
        parts += [Part(f"nut {k:0{digits}d}", nut.id, (x, y, under), group=group) for k, (x, y) in enumerate(flange.bolts, 1)]
    return products, parts
