"""Is the CAD what the layout says? Each solid valid and of the right volume; the STEP file the same when read back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from OCP.BRepCheck import BRepCheck_Analyzer, BRepCheck_Shell, BRepCheck_Status
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopoDS import TopoDS

from packtool.cad.colours import LOOKS
from packtool.cad.region import is_sound
from packtool.cad.report import CadFinding, ProductVolume
from packtool.cad.rounding import rounded_sweeps
from packtool.cad.shapes import subshapes
from packtool.cad.solids import Solid, crowded_faces, faces_of
from packtool.cad.step import Instance
from packtool.cad.tree import assembly_tree, leaves
from packtool.layout.imported import Overlap
from packtool.layout.records import Layout, Product

PLACE_TOLERANCE_MM = 1e-5
"""Places in nested groups are rounded to 1e-9 mm and summed; this is a hundred times the kernel's point tolerance."""
VOLUME_TOLERANCE = 1e-6
"""Relative; the kernel integrates planes and cylinders to about 1e-14, so this finds missing features, not round-off."""

MOST_OVERLAPS = 5
"""Of one imported file, that are told one by one: a file of many modelled threads has hundreds alike."""


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
        if not is_valid(solid):
            findings.append(CadFinding("invalid_solid", (id,), None, "", f"the CAD kernel calls the solid of {id} invalid"))
    for volume in volumes:
        if not abs(volume.relative_difference) <= VOLUME_TOLERANCE:
            message = f"{volume.product} has {volume.cad_mm3:.9g} mm³ in the CAD, {volume.closed_form_mm3:.9g} mm³ in the layout"
            findings.append(CadFinding("volume", (volume.product,), volume.relative_difference, "-", message))
    return findings


def import_notes(layout: Layout) -> list[CadFinding]:
    """Of each imported product: solids that are lost, or overlap, how many are taken as one part, what of its file is left out."""
    notes = []
    for product in layout.products:
        body = product.body
        if body is None:
            continue
        if body.unread:
            message = (
                f"{product.id}, {product.description}: {body.unread} of its solids cannot be read and are missing; export it again"
            )
            notes.append(CadFinding("import_incomplete", (product.id,), body.unread, "solids", message))
        notes += _overlaps(product, body.overlaps)
        if body.solids == 1 and not body.left_out:
            continue
        words = [f"its {body.solids} solids are one part"] if body.solids > 1 else []
        if body.left_out:
            words.append(
                "a surface that is no solid is left out" if body.left_out == 1 else f"{body.left_out} loose surfaces are left out"
            )
        notes.append(CadFinding("import", (product.id,), None, "", f"{product.id}, {product.description}: {'; '.join(words)}"))
    return notes


def _overlaps(product: Product, overlaps: Sequence[Overlap]) -> list[CadFinding]:
    """A finding for each of the largest overlaps of the solids of one file; the last says of the others."""
    findings = []
    for number, overlap in enumerate(overlaps[:MOST_OVERLAPS], 1):
        x0, y0, z0, x1, y1, z1 = (round(value, 3) + 0.0 for value in overlap.box)
        message = (
            f"{product.id}, {product.description}: its solids {overlap.solids[0]} and {overlap.solids[1]} claim the same {overlap.mm3:.4g} mm³,"
            f" from ({x0:g}, {y0:g}, {z0:g}) to ({x1:g}, {y1:g}, {z1:g}) mm of the file; they are made one, which counts it once"
        )
        rest = overlaps[number:]
        if number == MOST_OVERLAPS and rest:
            message += f"; and {len(rest)} more such pairs of solids, {sum(one.mm3 for one in rest):.4g} mm³"
        findings.append(CadFinding("import_overlap", (product.id,), overlap.mm3, "mm3", message))
    return findings


def is_valid(solid: Solid) -> bool:
    """Does the kernel call the shape valid?

    It compares the holes of a face pair by pair, which takes minutes for a plate with thousands; those of crowded faces are compared in
    the profile instead, and all else of the shape by the kernel: every other face, every outline, the shells closed and one way round.
    """
    crowded = crowded_faces(solid.shape) if solid.product.body is None else []
    if not crowded:
        return bool(BRepCheck_Analyzer(solid.shape).IsValid())
    shells = [BRepCheck_Shell(TopoDS.Shell_s(shell)) for shell in subshapes(solid.shape, TopAbs_ShapeEnum.TopAbs_SHELL)]
    outlines = [wire for face in crowded for wire in subshapes(face, TopAbs_ShapeEnum.TopAbs_WIRE)]
    others = [face for face in faces_of(solid.shape) if not any(face.IsSame(one) for one in crowded)]
    return (
        all(shell.Closed() == shell.Orientation() == BRepCheck_Status.BRepCheck_NoError for shell in shells)
        and all(BRepCheck_Analyzer(shape).IsValid() for shape in [*others, *outlines])
        and all(is_sound(sweep.profile) for sweep in rounded_sweeps(solid.product))
    )


def round_trip_findings(layout: Layout, volumes: Sequence[ProductVolume], read: Sequence[Instance]) -> list[CadFinding]:
    """What a STEP file read back (read_step) has otherwise than the layout: count, names in the tree, products, colours, places, volumes."""
    roles = {product.id: product.role for product in layout.products}
    expected = {leaf.path: leaf for leaf in leaves(assembly_tree(layout))}
    written = {volume.product: volume.cad_mm3 for volume in volumes}
    slack = {product.id: product.body.slack_mm3 if product.body else 0.0 for product in layout.products}
    slack = {id: VOLUME_TOLERANCE * volume + slack[id] for id, volume in written.items()}
    found = {instance.path: instance for instance in read}
    findings = []

    def finding(parts: tuple[str, ...], value: float | None, unit: str, message: str) -> None:
        findings.append(CadFinding("round_trip", parts, value, unit, f"pack.step read back: {message}"))

    if len(read) != len(layout.parts):
        finding((), len(read), "parts", f"{len(read)} parts of {len(layout.parts)}")
    for path, leaf in expected.items():
        product = leaf.product
        instance = found.get(path)
        if instance is None:
            finding((path[-1],), None, "", f"{' / '.join(path)} is not there")
        elif instance.product != product:
            finding((path[-1],), None, "", f"{path[-1]} is a {instance.product}, not a {product}")
        elif instance.rgb != LOOKS[roles[product]].rgb8:
            finding((path[-1],), None, "", f"{path[-1]} has the colour {instance.rgb}, not {LOOKS[roles[product]].rgb8}")
        elif math.dist(instance.origin, leaf.placing.origin) > PLACE_TOLERANCE_MM:
            where = tuple(round(x, 6) for x in instance.origin)
            finding((path[-1],), None, "", f"{path[-1]} is at {where}, not at {leaf.placing.origin}")
        elif not abs(instance.volume_mm3 - written[product]) <= slack[product]:
            message = f"{path[-1]} has {instance.volume_mm3:.9g} mm³, written were {written[product]:.9g} mm³"
            finding((path[-1],), instance.volume_mm3 / written[product] - 1, "-", message)
    want = sum(volume.cad_mm3 * volume.parts for volume in volumes)
    have = sum(instance.volume_mm3 for instance in read)
    if not abs(have - want) <= sum(slack[volume.product] * volume.parts for volume in volumes):
        finding((), have / want - 1, "-", f"{have:.9g} mm³ in all, written were {want:.9g} mm³")
    return findings
