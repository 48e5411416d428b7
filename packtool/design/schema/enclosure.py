"""The enclosure and the air around it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import IP_PATTERN, Agreement, DesignRecord, MaterialId, Millimetres
from packtool.design.schema.fixtures import Fixture, HoseFitting, fitting_needs_hoses
from packtool.design.schema.structure import BoltSize

Wall = Literal["x-", "x+", "y-", "y+"]
Style = Literal["folded", "stamped", "extruded", "die_cast"]


class Seal(DesignRecord):
    """The seal between flange and lid, in a groove of the flange, inside the bolts."""

    material: MaterialId = Field("epdm", description="material of the seal")
    groove_width_mm: Annotated[float, Field(gt=0, le=50)] = Field(6.0, description="width of the groove")
    groove_depth_mm: Annotated[float, Field(gt=0, le=50)] = Field(
        1.5, description="depth of the groove; less than the flange's thickness"
    )


class Ribs(DesignRecord):
    """Ribs that stiffen a wall or the lid, one every ``pitch_mm``."""

    pitch_mm: Annotated[float, Field(gt=0, le=2_000)] = Field(100.0, description="from rib to rib, at most")
    width_mm: Annotated[float, Field(gt=0, le=200)] = Field(4.0, description="thickness of a rib")
    height_mm: Annotated[float, Field(gt=0, le=200)] = Field(10.0, description="how far a rib stands out")


class CrossMembers(DesignRecord):
    """Hollow beams across the pack (y), under the tray's floor."""

    count: Annotated[int, Field(ge=1, le=50, strict=True)] = Field(description="number of beams, evenly along x")
    width_mm: Millimetres = Field(40.0, description="width of a beam (x)")
    height_mm: Millimetres = Field(25.0, description="height of a beam; the pack grows by it")
    wall_mm: Millimetres = Field(2.5, description="wall thickness of a beam")
    material: MaterialId | None = Field(None, description="material of the beams; default: the tray's")


def _even(count: int) -> str | None:
    return None if count % 2 == 0 else f"half of them stand on either side, so an even number, not {count}"


class Feet(DesignRecord):
    """Brackets on the two longer walls that the pack is bolted down by."""

    agreements = (Agreement(("count",), "count", _even),)

    count: Annotated[int, Field(ge=2, le=100, strict=True)] = Field(description="number of feet, half on either side")
    bolt: BoltSize = Field("M10", description="the bolt that holds a foot; its hole is the medium one of ISO 273")
    thickness_mm: Millimetres = Field(8.0, description="thickness of a foot's plates")


class Lifting(DesignRecord):
    """Four lugs with a hole for a shackle, on the walls x- and x+, near the corners."""

    hole_mm: Annotated[float, Field(gt=0, le=100)] = Field(20.0, description="diameter of the hole")
    thickness_mm: Millimetres = Field(10.0, description="thickness of a lug")


class Vents(DesignRecord):
    """The openings that ``vent_area_mm2`` is divided over."""

    count: Annotated[int, Field(ge=1, le=50, strict=True)] = Field(1, description="number of round openings")
    wall: Wall = Field("x+", description="the wall they are in")
    plug: Fixture | None = Field(
        None, description="pressure-equalising plug in each opening, which opens wide under pressure; left out: open holes"
    )


def _one_shape(diameter: float | None, width: float | None, height: float | None) -> str | None:
    if diameter is None and (width is None or height is None):
        return "missing: give diameter_mm, or width_mm and height_mm"
    if diameter is not None and (width is not None or height is not None):
        return "give diameter_mm, or width_mm and height_mm, not both"
    return None


class Cutout(DesignRecord):
    """An opening in a wall of the tray: for a high-voltage or low-voltage connector, a service plug, a gland."""

    agreements = (Agreement(("diameter_mm", "width_mm", "height_mm"), "diameter_mm", _one_shape),)

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="what it is for, as in HV connector")
    wall: Wall = Field(description="the wall it is in: x-, x+, y- or y+")
    diameter_mm: Millimetres | None = Field(None, description="diameter of a round opening")
    width_mm: Millimetres | None = Field(None, description="width of a rectangular opening")
    height_mm: Millimetres | None = Field(None, description="height of a rectangular opening")
    along_mm: Annotated[float, Field(ge=-20_000, le=20_000)] = Field(
        0.0, description="its middle, along the wall from the wall's middle, towards +x or +y"
    )
    z_mm: Annotated[float, Field(gt=0, le=20_000)] | None = Field(
        None, description="its middle above the tray's underside; default: half way up the wall"
    )
    fixture: Fixture | None = Field(None, description="the part that stands in it; left out: an open hole")


def _radius_of_style(style: str, radius: float | None) -> str | None:
    if style == "extruded" and radius:
        return "a frame of extruded beams has sharp corners: leave it out, or choose another style"
    return None


def _ribs_of_style(style: str, ribs: object) -> str | None:
    return "a frame of extruded beams takes no wall ribs: leave them out" if style == "extruded" and ribs is not None else None


def _seal_needs_bolts(seal: object, bolt: object) -> str | None:
    return "a seal needs bolts that press it: give bolt, as in bolt: M6" if seal is not None and bolt is None else None


class Enclosure(DesignRecord):
    """Tray and lid around the rows and the plate."""

    agreements = (
        Agreement(("style", "corner_radius_mm"), "corner_radius_mm", _radius_of_style),
        Agreement(("style", "floor_radius_mm"), "floor_radius_mm", _radius_of_style),
        Agreement(("style", "wall_ribs"), "wall_ribs", _ribs_of_style),
        Agreement(("seal", "bolt"), "seal", _seal_needs_bolts),
        Agreement(("hose_opening_mm", "hose_fitting"), "hose_fitting", fitting_needs_hoses),
    )

    material: MaterialId = Field(description="material of the tray")
    style: Style = Field(
        "folded",
        description="folded: sheet with sharp corners; stamped: drawn sheet, rounded corners and floor; extruded: hollow beams on a floor"
        " sheet; die_cast: rounded, thick flange with threads",
    )
    wall_mm: Millimetres = Field(description="thickness of the tray's walls and floor")
    clearance_mm: Annotated[float, Field(ge=0, le=500)] = Field(20.0, description="air between the walls and what they enclose")
    headroom_mm: Annotated[float, Field(ge=0, le=500)] = Field(25.0, description="air between the busbars and the lid")
    corner_radius_mm: Annotated[float, Field(ge=0, le=1_000)] | None = Field(
        None, description="inner radius of the tray's corners in the plan; default: stamped 10 walls, die_cast 3 walls, else sharp"
    )
    floor_radius_mm: Annotated[float, Field(ge=0, le=500)] | None = Field(
        None, description="radius between floor and walls; default: stamped 3 walls, die_cast 1.5 walls, else sharp"
    )
    flange_mm: Annotated[float, Field(ge=0, le=200)] = Field(
        25.0, description="width of the flange that the lid is bolted to; extruded: wall and flange are the beam's width"
    )
    flange_thickness_mm: Millimetres | None = Field(
        None, description="thickness of the flange; default: the wall's, die_cast: 1.5 bolt diameters"
    )
    bolt: BoltSize | None = Field(None, description="bolts of the lid; left out: none are drawn")
    bolt_pitch_mm: Annotated[float, Field(gt=0, le=1_000)] = Field(80.0, description="from bolt to bolt, at most")
    bolt_material: MaterialId = Field("stainless_304", description="material of bolts and nuts")
    seal: Seal | None = Field(None, description="seal in a groove of the flange; left out: none")
    lid_mm: Millimetres = Field(description="thickness of the lid")
    lid_material: MaterialId | None = Field(None, description="material of the lid; default: the tray's")
    lid_ribs: Ribs | None = Field(None, description="ribs on the lid, across the pack; left out: none")
    wall_ribs: Ribs | None = Field(None, description="ribs outside on the walls, where no opening or bracket is; left out: none")
    cross_members: CrossMembers | None = Field(None, description="beams under the floor; left out: none")
    feet: Feet | None = Field(None, description="brackets that the pack is bolted down by; left out: none")
    lifting: Lifting | None = Field(None, description="four lugs to lift the pack by; left out: none")
    ip_rating: Annotated[str, Field(pattern=IP_PATTERN)] | None = Field(
        None, description="ingress protection aimed at, IEC 60529, as in IP67 or IP6X"
    )
    vent_area_mm2: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="open area of the pressure relief vents")
    vents: Vents = Field(default_factory=Vents, description="number and wall of the vents that share vent_area_mm2")
    hose_opening_mm: Millimetres | None = Field(
        None, description="diameter of the wall's opening beside each coolant fitting; left out: none"
    )
    hose_fitting: HoseFitting | None = Field(
        None, description="bulkhead fitting in each hose opening, that hoses go onto on both sides; left out: the hose goes through"
    )
    cutouts: tuple[Cutout, ...] = Field((), max_length=100, description="openings in the walls, for connectors and glands")


class Ambient(DesignRecord):
    """The air around the enclosure."""

    temperature_degC: Annotated[float, Field(ge=-60, le=120)] = Field(
        description="temperature of the air; 45 is the usual design ambient for India, 48 the extreme"
    )
    natural_convection_W_m2K: Annotated[float, Field(ge=0, le=1_000)] = Field(
        5.0, description="heat transfer coefficient on the enclosure's outside; still air is 2 to 10; 0: none"
    )
    emissivity: Annotated[float, Field(ge=0, le=1)] = Field(
        0.8, description="thermal emissivity of the enclosure's outside; 0: no radiation"
    )
