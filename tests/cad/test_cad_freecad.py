"""A second CAD program reads pack.step: FreeCAD (Debian's package ``freecad``), whose reader is not the kernel build that wrote the file.

FreeCAD names what it reads after products, made unique by a number, and nests it in the groups; in its console an occurrence's own name is
not shown (gmsh's reader is held to those, in test_cad_step.py).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from packtool.cad.build import build_cad
from packtool.cad.colours import LOOKS
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out

FREECAD = shutil.which("freecadcmd") or shutil.which("FreeCADCmd")
pytestmark = [
    pytest.mark.cad,
    pytest.mark.slow,  # FreeCAD takes seconds to start
    pytest.mark.skipif(FREECAD is None, reason="FreeCAD is not installed (Debian: apt-get install freecad)"),
]
TEMPLATES = Path(__file__).parents[2] / "templates"
READER = """\
import json, os
import FreeCAD, Import
# links need its windows: without them version 0.20 crashes on any assembly, its own included
FreeCAD.ParamGet("User parameter:BaseApp/Preferences/Mod/Import").SetBool("UseLinkGroup", False)
document = FreeCAD.newDocument("pack")
coloured = Import.insert({step!r}, "pack") or []
colours = {{part.Name: colour[:3] for part, (colour, *_) in coloured}}
parts = [
    [o.Label, colours.get(o.Name), o.Shape.Volume, [*o.Shape.BoundBox.Center], len(o.Shape.Solids)]
    for o in document.Objects if o.TypeId == "Part::Feature"
]
groups = [o.Label for o in document.Objects if o.TypeId == "App::Part"]
with open({answer!r}, "w") as stream:
    json.dump({{"parts": parts, "groups": groups}}, stream)
os._exit(0)  # its own end closes windows that there are not
"""


def read_by_freecad(step: Path, folder: Path) -> dict[str, Any]:
    script, answer = folder / "read.py", folder / "read.json"
    script.write_text(READER.format(step=str(step), answer=str(answer)))
    environment = os.environ | {"FREECAD_USER_HOME": str(folder)}  # nobody's own settings
    done = subprocess.run([FREECAD, str(script)], capture_output=True, text=True, errors="replace", timeout=300, env=environment)
    assert answer.exists(), (done.stdout + done.stderr)[-500:]
    return json.loads(answer.read_text())


@pytest.mark.parametrize("template", ["bus-lfp", "scooter-nmc"])
def test_freecad_reads_the_pack_as_it_was_laid_out(template: str, tmp_path: Path) -> None:
    loaded = load_design(TEMPLATES / f"{template}.yaml")
    layout = lay_out(loaded)
    report = build_cad(layout, loaded.materials, tmp_path, formats=("step",))
    found = read_by_freecad(tmp_path / "pack.step", tmp_path)
    products = {product.id: product for product in layout.products}
    volumes = {row.product: row.cad_mm3 for row in report.volumes}

    def plain(label: str) -> str:
        return re.sub(r"\d+$", "", label)  # the number that makes it unique, and one at the end of the product's id

    assert len(found["parts"]) == len(layout.parts)
    assert Counter(plain(row[0]) for row in found["parts"]) == Counter(plain(part.product) for part in layout.parts)
    of = {plain(id): product for id, product in products.items()}
    assert len(of) == len(products)
    for label, colour, volume, _, _ in found["parts"]:
        product = of[plain(label)]
        assert volume == pytest.approx(volumes[product.id], rel=1e-6)  # as the round trip of our own reader
        assert colour == pytest.approx(LOOKS[product.role].rgb, abs=1e-6)
    boxes = np.array([layout.part_bounds(part) for part in layout.parts])
    away = np.linalg.norm(np.array([row[3] for row in found["parts"]])[:, None] - (boxes[:, :3] + boxes[:, 3:]) / 2, axis=2)
    assert away.min(axis=1).max() < 0.05  # mm: its boxes hold the gaps of the shapes' tolerances
    assert len(set(away.argmin(axis=1))) == len({tuple(np.round(box, 3)) for box in (boxes[:, :3] + boxes[:, 3:]) / 2})
    named = {group[-1] for part in layout.parts if (group := part.group)} | {layout.name}
    assert {plain(group) for group in found["groups"]} >= {plain(name) for name in named}
