"""What does a bracket of your own do to a pack? Its STEP file beside the design, one entry of ``parts``; the CAD weighs it and says what it runs into."""

from pathlib import Path

import cadquery as cq

from packtool.cad.build import build_cad
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import envelope_mm, pack_mass_kg

SCOOTER = Path(__file__).parents[1] / "templates" / "scooter-nmc.yaml"

outline = [(0, 0), (60, 0), (60, 5), (5, 5), (5, 50), (0, 50)]  # an L of 5 mm sheet, in x and z
folder = Path("part-from-step")
folder.mkdir(exist_ok=True)
cq.exporters.export(cq.Workplane("XZ").polyline(outline).close().extrude(-40), str(folder / "bracket.step"))

bare = load_design(SCOOTER)
wall_mm = envelope_mm(lay_out(bare))[0] / 2  # the flange's edge, in x
print(f"without: {pack_mass_kg(lay_out(bare), bare):.3f} kg")
for title, x in (("beside the flange", wall_mm), ("3 mm into it", wall_mm - 3)):
    design = folder / "scooter.yaml"
    entry = f"{{step: bracket.step, name: shelf, material: al_6061_t6, at_mm: [{x:.3f}, -20, 60]}}"
    design.write_text(SCOOTER.read_text(encoding="utf-8") + f"\nparts:\n  - {entry}\n", encoding="utf-8")
    loaded = load_design(design)
    report = build_cad(lay_out(loaded), loaded.materials, folder / "cad", formats=("step", "glb"))
    print(f"{title}: {report.mass['mass_kg']:.3f} kg, {report.mass['envelope_mm']['size'][0]:.1f} mm long")
    for finding in report.findings:
        print(f"  {finding.message}")
