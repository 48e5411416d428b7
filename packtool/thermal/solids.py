"""Parts from STEP files in the heat of a pack: how they meet the air of the enclosure, and what they touch."""

from __future__ import annotations

import numpy as np

from packtool.catalogue.records import Coolant
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import StepPart
from packtool.errors import SolveError
from packtool.layout.records import Layout
from packtool.mesh.enclosing import Enclosing
from packtool.mesh.measures import facet_areas, facet_normals, region_volumes
from packtool.mesh.naming import EXTERIOR_LID, EXTERIOR_PART, EXTERIOR_WALL
from packtool.mesh.records import Floats, TaggedMesh
from packtool.mesh.tied import TIE
from packtool.results import ZERO_CELSIUS
from packtool.thermal.air_gap import air_gap_conductance, emissivity_of
from packtool.thermal.records import Convection

TIE_SHARE = 1e-3
"""What is left between the two sides of a tie, as a share of the resistance of the layer that it lies under."""
JOINT_SHARE = 0.2
"""What is left in a perfect joint of a part from a STEP file, as a share of the resistance of one facet's length of the part. On a shelf at
an end plate of the bus pack it is 0.1 mK, as a twentieth of it is; but the solve takes 73 iterations where it took 102, and some solves
with coolant did not converge at a thousandth."""


def entries(loaded: LoadedDesign, layout: Layout) -> dict[str, StepPart]:
    """The design's entry of each part from a STEP file, by the part's name."""
    return {one.name: entry for one, entry in zip(layout.imported, loaded.design.parts, strict=True)}


def solid_exchange(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh, air: Coolant) -> dict[str, Convection]:
    """How the outer boundaries of parts from STEP files meet the ambient: where they lie on the tray or the lid, through that; else through
    air as thick as it is on average from their faces to the enclosure."""
    design, enclosing = loaded.design, Enclosing.of(layout)
    wall = design.enclosure.wall_mm, loaded.materials[design.enclosure.material]
    lid = design.enclosure.lid_mm, loaded.materials[design.enclosure.lid_material or design.enclosure.material]
    T_ambient = design.ambient.temperature_degC + ZERO_CELSIUS
    found = {}
    for name in entries(loaded, layout):
        for kind, (thick, metal) in ((EXTERIOR_WALL, wall), (EXTERIOR_LID, lid), (EXTERIOR_PART, wall)):
            facets = mesh.boundaries.get(f"{kind}[{name}]")
            if facets is None:
                continue
            resistance = thick * 1e-3 / metal.k_W_mK.at(design.ambient.temperature_degC)
            if kind == EXTERIOR_PART:
                own = loaded.materials[mesh.regions[mesh.region_index(name)].material]
                gap = enclosing.distance(mesh.points[facets].mean(axis=1) * 1e3, facet_normals(mesh.points, facets))
                gap_mm = float(np.average(gap, weights=facet_areas(mesh.points, facets)))
                if gap_mm > 0:
                    faces = emissivity_of(own), emissivity_of(metal)
                    resistance += 1 / air_gap_conductance(gap_mm * 1e-3, T_ambient, air, faces)
            found[f"{kind}[{name}]"] = Convection(
                design.ambient.natural_convection_W_m2K, T_ambient, design.ambient.emissivity, 1 / resistance
            )
    return found


def tie_conductance(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> dict[str, float]:
    """[W/m²/K] of each tie of a pack's mesh: under the interface layer, and between parts from STEP files and what they touch. There it is
    what the design gives for the joint, in series where both parts give it; else so much that it does not count."""
    parts, found = entries(loaded, layout), {}
    for name, tie in mesh.ties.items():
        if name == TIE:
            interface = loaded.design.interface
            if interface is None:
                raise SolveError("a tied mesh of a pack needs the interface layer that it is tied under")
            layer = loaded.materials[interface.material].k_W_mK.value / (interface.thickness_mm * 1e-3)
            found[name] = layer / TIE_SHARE
            continue
        ends = [end for end in name.split("|") if end in parts]
        given = [entry.contact_W_m2K for entry in map(parts.__getitem__, ends) if entry.contact_W_m2K is not None]
        if given:
            found[name] = 1 / sum(1 / h for h in given)
        else:
            k = loaded.materials[mesh.regions[mesh.region_index(ends[0])].material].k_W_mK.value
            found[name] = k / float(np.sqrt(facet_areas(mesh.points, tie.minus).mean())) / JOINT_SHARE
    return found


def solid_capacity(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> dict[str, float]:
    """Heat capacity [J/m³/K] of each meshed part from a STEP file whose mass the design gives: that mass, evenly over its volume."""
    volume: Floats = region_volumes(mesh)
    given = {name: entry.mass_kg for name, entry in entries(loaded, layout).items() if entry.mass_kg is not None}
    return {
        region.name: given[region.name] * loaded.materials[region.material].cp_J_kgK.value / volume[number]
        for number, region in enumerate(mesh.regions)
        if region.name in given
    }
