"""Is the CAD what the layout says? Each solid valid and of the right volume; the STEP file the same when read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from OCP.BRepCheck import BRepCheck_Analyzer

from packtool.cad.colours import LOOKS
from packtool.cad.report import CadFinding, ProductVolume
from packtool.cad.solids import Solid
from packtool.cad.step import Instance
from packtool.layout.records import Layout

VOLUME_TOLERANCE = 1e-6
"""Relative; the kernel integrates planes and cylinders to about 1e-14, so this finds missing features, not round-off."""


def product_volumes(layout: Layout, solids: Mapping[str, Solid]) -> tuple[ProductVolume, ...]:
    """The volume of each product, from the kernel and in closed form."""
    counts = Counter(part.product for part in layout.parts)
    return tuple(
        ProductVolume(id, counts[id], solid.volume_mm3, solid.product.finished_volume_mm3()) for id, solid in solids.items()
    )


def solid_findings(solids: Mapping[str, Solid], volumes: Sequence[ProductVolume]) -> list[CadFinding]:
    """Products whose shape the kernel calls invalid, or whose volume is not that of the layout."""
    findings = []
    for id, solid in solids.items():
        if not BRepCheck_Analyzer(solid.shape).IsValid():
            findings.append(CadFinding("invalid_solid", (id,), None, "", f"the CAD kernel calls the solid of {id} invalid"))
    for volume in volumes:
        if not abs(volume.relative_difference) <= VOLUME_TOLERANCE:
            message = f"{volume.product} has {volume.cad_mm3:.9g} mm³ in the CAD, {volume.closed_form_mm3:.9g} mm³ in the layout"
            findings.append(CadFinding("volume", (volume.product,), volume.relative_difference, "-", message))
    return findings


def round_trip_findings(layout: Layout, volumes: Sequence[ProductVolume], read: Sequence[Instance]) -> list[CadFinding]:
    """What a STEP file read back (read_step) has otherwise than the layout: names and places in the tree, products, colours, volume."""
    roles = {product.id: product.role for product in layout.products}
    expected = {(layout.name, *part.group, part.name): part.product for part in layout.parts}
    found = {instance.path: instance for instance in read}
    findings = []

    def finding(parts: tuple[str, ...], value: float | None, unit: str, message: str) -> None:
        findings.append(CadFinding("round_trip", parts, value, unit, f"pack.step read back: {message}"))

    if len(read) != len(layout.parts):
        finding((), len(read), "parts", f"{len(read)} parts of {len(layout.parts)}")
    for path, product in expected.items():
        instance = found.get(path)
        if instance is None:
            finding((path[-1],), None, "", f"{' / '.join(path)} is not there")
        elif instance.product != product:
            finding((path[-1],), None, "", f"{path[-1]} is a {instance.product}, not a {product}")
        elif instance.rgb != LOOKS[roles[product]].rgb8:
            finding((path[-1],), None, "", f"{path[-1]} has the colour {instance.rgb}, not {LOOKS[roles[product]].rgb8}")
    want = sum(volume.cad_mm3 * volume.parts for volume in volumes)
    have = sum(instance.volume_mm3 for instance in read)
    if not abs(have - want) <= VOLUME_TOLERANCE * want:
        finding((), have / want - 1, "-", f"{have:.9g} mm³ in all, written were {want:.9g} mm³")
    return findings
