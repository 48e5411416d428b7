"""Flat cold plates where they lie: solids of skins, channel layer, coolant and fittings; and their channels as one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packtool.design.schema import ColdPlate
from packtool.layout.plate import BORE_OVER_OUTER, PlatePlan
from packtool.layout.records import CoolantNetwork, Detail, Loop, Part, Product, Profile, Sweep
from packtool.layout.supply import FedPlate, Feed, Ports, supplied

GROUP = ("cold plate",)


@dataclass(frozen=True, slots=True)
class PlacedPlate:
    """A flat plate in the pack: ``tag`` among several (``top``; empty: the only one), z of its underside, what is in it.

    ``turned``: it lies over the cells, so it is made upside down, and its fittings, on the cells' side, hang. ``fitting_mm``: their height.
    """

    tag: str
    z: float
    plan: PlatePlan
    fitting_mm: float
    turned: bool = False

    @property
    def words(self) -> str:
        """The tag as the end of a name."""
        return f" {self.tag}" if self.tag else ""


def plate_parts(plate: ColdPlate, placed: Sequence[PlacedPlate]) -> tuple[list[Product], list[Part]]:
    """Products and parts of plates, coolant and fittings. Names: ``cold plate``, ``coolant``, ``fitting inlet``, with a tag ``cold plate top`` ..."""
    products: list[Product] = []
    parts: list[Part] = []
    for one in placed:
        made = _products(plate, one.plan, one.fitting_mm)
        metal, coolant, fitting = (_named(_turned(p, plate.thickness_mm) if one.turned else p, one.tag) for p in made)
        products += [metal, coolant, *([] if fitting.id in {p.id for p in products} else [fitting])]
        foot = one.z - one.fitting_mm if one.turned else one.z + plate.thickness_mm
        channels = one.plan.channels
        inlet, outlet = (f"fitting {one.tag} {way}" if one.tag else f"fitting {way}" for way in ("inlet", "outlet"))
        parts += [
            Part(f"cold plate{one.words}", metal.id, (0.0, 0.0, one.z), group=GROUP),
            Part(f"coolant{one.words}", coolant.id, (0.0, 0.0, one.z), group=GROUP),
            Part(inlet, fitting.id, (*channels.inlet_at, foot), group=GROUP),
            Part(outlet, fitting.id, (*channels.outlet_at, foot), group=GROUP),
        ]
    return products, parts


def plates_network(plate: ColdPlate, placed: Sequence[PlacedPlate], feed: Feed = "parallel") -> CoolantNetwork:
    """The channels of all plates as one graph."""
    skin = (plate.thickness_mm - plate.channel_height_mm) / 2
    fed = []
    for one in placed:
        channels = one.plan.channels
        low = one.z + skin
        z = one.z - one.fitting_mm / 2 if one.turned else one.z + plate.thickness_mm + one.fitting_mm / 2
        ports = Ports(
            channels.inlet, channels.outlet, channels.inlet_at, channels.outlet_at, z, one.plan.fitting_mm * BORE_OVER_OUTER
        )
        fed.append(FedPlate(one.tag, tuple(replace(b, z0=low) if one.tag else b for b in channels.branches), ports))
    lowest, highest = min(one.z for one in placed) + skin, max(one.z for one in placed) + skin
    return supplied(fed, feed, lowest, highest + plate.channel_height_mm)


def _products(plate: ColdPlate, plan: PlatePlan, fitting_mm: float) -> tuple[Product, Product, Product]:
    """Plate, coolant and fitting, the plate's underside at z = 0 and the fittings on top of it.

    The channel layer's metal is the plate's outline less the channels' outline, and one island for every hole of that. The coolant fills
    the same outline.
    """
    skin = (plate.thickness_mm - plate.channel_height_mm) / 2
    low, high = skin, skin + plate.channel_height_mm
    voids = plan.channels.voids
    outer = plan.fitting_mm / 2
    openings = [Loop.circle(*at, outer * BORE_OVER_OUTER) for at in (plan.channels.inlet_at, plan.channels.outlet_at)]
    outline = Loop.rectangle(*plan.outline)
    islands = [Sweep(Profile(_reversed(hole)), low, high) for void in voids for hole in void.holes]
    metal = Product(
        id="cold-plate",
        role="cold_plate",
        material=plate.material,
        sweeps=(
            Sweep(Profile(outline), 0.0, low),
            Sweep(Profile(outline, tuple(void.outer for void in voids)), low, high),
            *islands,
            Sweep(Profile(outline), high, plate.thickness_mm),
        ),
        description=(
            f"cold plate, {plate.thickness_mm:g} mm, skins {skin:g} mm, channels {plate.channel_width_mm:g} x {plate.channel_height_mm:g} mm"
            f" with {plate.turns} turns"
        ),
        details=tuple(Detail(Profile(hole), "z", high, plate.thickness_mm) for hole in openings),
    )
    coolant = Product(
        id="coolant",
        role="coolant",
        material=plate.coolant,
        sweeps=tuple(Sweep(void, low, high) for void in voids),
        description="coolant in the plate's channels and headers, up to the openings under the fittings",
        details=tuple(Detail(Profile(hole), "z", high, plate.thickness_mm, adds=True) for hole in openings),
    )
    ring = Profile(Loop.circle(0.0, 0.0, outer), (Loop.circle(0.0, 0.0, outer * BORE_OVER_OUTER),))
    fitting = Product(
        id="fitting",
        role="fitting",
        material=plate.material,
        sweeps=(Sweep(ring, 0.0, fitting_mm),),
        description=f"hose fitting, {2 * outer:g} mm outside, {2 * outer * BORE_OVER_OUTER:g} mm bore (size remembered); CAD only",
    )
    return metal, coolant, fitting


def _turned(product: Product, height: float) -> Product:
    """The product mirrored at half of ``height``, from the lowest sweep up; one that lies in the middle stays."""
    if product.role == "fitting":
        return product
    sweeps = tuple(Sweep(s.profile, height - s.z1, height - s.z0) for s in product.sweeps)
    details = tuple(replace(d, start=height - d.end, end=height - d.start) for d in product.details)
    return replace(product, sweeps=sweeps, details=details)


def _named(product: Product, tag: str) -> Product:
    """The product of one of several plates; the fittings of all are alike."""
    return product if not tag or product.role == "fitting" else replace(product, id=f"{product.id}-{tag}")


def _reversed(loop: Loop) -> Loop:
    """The same straight outline, run the other way round."""
    return Loop(loop.vertices[::-1])
