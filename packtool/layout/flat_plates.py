"""Flat cold plates where they lie: solids of skins, channel layer, coolant and fittings; and their channels as one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packtool.design.schema import ColdPlate
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.outline import lies_in
from packtool.layout.plate import BORE_OVER_OUTER, PlatePlan, hose_fitting, skin_mm
from packtool.layout.plate_styles import formed_channels, metal_of
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Part, Product, Sweep
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
        made = [(f"cold plate{one.words}{' ' if name else ''}{name}", product) for name, product in _cut_open(plate, one.plan)]
        made.append((f"coolant{one.words}", _coolant(plate, one.plan)))
        for name, product in made:
            lying = _named(_turned(product, plate.thickness_mm) if one.turned else product, one.tag)
            products.append(lying)
            parts.append(Part(name, lying.id, (0.0, 0.0, one.z), group=GROUP))
        fitting = hose_fitting(plate.material, one.plan.fitting_mm, one.fitting_mm)
        if fitting.id not in {product.id for product in products}:
            products.append(fitting)
        foot = one.z - one.fitting_mm if one.turned else one.z + plate.thickness_mm
        channels = one.plan.channels
        for way, at in (("inlet", channels.inlet_at), ("outlet", channels.outlet_at)):
            parts.append(Part(f"fitting {one.tag} {way}" if one.tag else f"fitting {way}", fitting.id, (*at, foot), group=GROUP))
    return products, parts


def plates_network(plate: ColdPlate, placed: Sequence[PlacedPlate], feed: Feed = "parallel") -> CoolantNetwork:
    """The channels of all plates as one graph."""
    skin = skin_mm(plate)
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


def _openings(plan: PlatePlan) -> list[Loop]:
    """The holes under the fittings."""
    radius = plan.fitting_mm / 2 * BORE_OVER_OUTER
    return [Loop.circle(*at, radius) for at in (plan.channels.inlet_at, plan.channels.outlet_at)]


def _cut_open(plate: ColdPlate, plan: PlatePlan) -> list[tuple[str, Product]]:
    """The metal with the holes under the fittings, each in what covers the channels there."""
    high, opened = plate.thickness_mm - skin_mm(plate), []
    for name, product in metal_of(plate, plan):
        covers = [sweep.profile.outer.bounds() for sweep in product.sweeps if sweep.z1 == plate.thickness_mm]
        holes = [hole for hole in _openings(plan) if any(lies_in(hole.bounds(), box) for box in covers)]
        details = tuple(Detail(Profile(hole), "z", high, plate.thickness_mm) for hole in holes)
        opened.append((name, replace(product, details=details)))
    return opened


def _coolant(plate: ColdPlate, plan: PlatePlan) -> Product:
    """The coolant; it lies as the plate does, the plate's underside at z = 0."""
    low, high = skin_mm(plate), plate.thickness_mm - skin_mm(plate)
    shaped = formed_channels(plate, plan)
    return Product(
        id="coolant",
        role="coolant",
        material=plate.coolant,
        sweeps=tuple(Sweep(void, low, high) for void in plan.channels.voids),
        description="coolant in the plate's channels and headers, up to the openings under the fittings",
        details=tuple(Detail(Profile(hole), "z", high, plate.thickness_mm, adds=True) for hole in _openings(plan)),
        bands=shaped.void_bands if shaped else (),
        drawn=shaped.void if shaped else (),
    )


def _turned(product: Product, height: float) -> Product:
    """The product mirrored at half of ``height``, from the lowest sweep up; one that lies in the middle stays."""

    def lying(sweeps: Sequence[Sweep]) -> tuple[Sweep, ...]:
        return tuple(Sweep(s.profile, height - s.z1, height - s.z0) for s in sweeps)

    details = tuple(replace(d, start=height - d.end, end=height - d.start) for d in product.details)
    bands = tuple(band.mirrored(height) for band in product.bands)
    return replace(product, sweeps=lying(product.sweeps), details=details, bands=bands, drawn=lying(product.drawn))


def _named(product: Product, tag: str) -> Product:
    """The product of one of several plates."""
    return replace(product, id=f"{product.id}-{tag}") if tag else product
