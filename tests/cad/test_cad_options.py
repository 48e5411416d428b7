"""What a user may choose: a part, some roles, the pack taken apart, the STEP's protocol; and what is refused, with the nearest word."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from cad_layouts import MATERIALS, small_pack

import packtool
from packtool.cad.build import build_cad
from packtool.cad.choices import ASSEMBLIES
from packtool.cad.explode import LAYERS, exploded, lifts_mm
from packtool.cad.options import CadOptions, chosen, only_choices
from packtool.design.load import load_design
from packtool.errors import UsageError
from packtool.layout.lay_out import lay_out
from packtool.layout.records import Part, Role


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_registries_know_every_role_and_no_other() -> None:
    roles = set(get_args(Role))
    assert {role for group in ASSEMBLIES.values() for role in group} <= roles
    assert {role for layer, _ in LAYERS for role in layer} <= roles  # what is in no layer stays with the cells
    assert set(only_choices()) == roles | set(ASSEMBLIES)


@pytest.mark.parametrize("name", ["R1C02", "r1c2"])
def test_a_part_is_chosen_by_name_and_stands_in_its_own_frame(name: str) -> None:
    (part,) = chosen(small_pack(), CadOptions(part=name)).parts
    assert (part.name, part.product, part.origin, part.rotation_deg) == ("R1C02", "cell", (0, 0, 0), 0)


def test_a_product_is_chosen_by_its_id() -> None:
    layout = chosen(small_pack(), CadOptions(part="plate"))
    assert [part.name for part in layout.parts] == ["cold plate"]
    assert [product.id for product in layout.products] == ["plate"]


def test_roles_are_chosen_where_they_stand() -> None:
    layout = chosen(small_pack(), CadOptions(only=("enclosure", "busbar")))
    assert [part.name for part in layout.parts] == ["tray", "busbar 1", "busbar 2"]
    assert layout.parts[1] in small_pack().parts
    assert chosen(small_pack(), CadOptions()) == small_pack()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"part": "R9C01"}, "no part 'R9C01'"),
        ({"part": "busbr 1"}, "did you mean busbar 1"),
        ({"only": ("lid",)}, "has no part of lid; its roles are: cell, terminal"),
        ({"only": ("enclosur",)}, "did you mean enclosure"),
        ({"step_schema": "ap203"}, "choose from ap242, ap214"),
        ({"part": "tray", "only": ("lid",)}, "cannot be given together"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        chosen(small_pack(), CadOptions(**options))


def test_taken_apart_every_layer_clears_the_one_below_and_nothing_moves_sideways() -> None:
    pack = small_pack()
    apart = exploded(pack)
    lifts = lifts_mm(pack)
    assert lifts["tray"] == 0 < lifts["cold plate"] < lifts["R1C01"] < lifts["busbar 1"]
    assert [part.origin[:2] for part in apart.parts] == [part.origin[:2] for part in pack.parts]

    def heights(*roles: Role) -> list[float]:
        return [z for part in apart.parts_of(*roles) for z in (apart.part_bounds(part)[2], apart.part_bounds(part)[5])]

    for (lower, _), (upper, _) in ((LAYERS[0], LAYERS[1]), (LAYERS[1], LAYERS[2]), (LAYERS[2], LAYERS[3]), (LAYERS[3], LAYERS[4])):
        assert max(heights(*lower)) < min(heights(*upper))


def test_a_plate_over_the_cells_is_lifted_off_them() -> None:
    pack = lay_out(load_design(Path(packtool.__file__).parents[1] / "examples" / "cold_plates" / "both.yaml"))
    apart = {part.name: part for part in exploded(pack).parts}
    order = ["cold plate bottom", "interface R1", "R1C01", "interface top R1", "cold plate top", "lid"]
    bounds = [exploded(pack).part_bounds(apart[name]) for name in order]
    for below, above in pairwise(bounds):
        assert below[5] < above[2]
    lifts = lifts_mm(pack)
    assert lifts["fitting top inlet"] == lifts["coolant top"] == lifts["cold plate top"]
    assert lifts["fitting bottom inlet"] == lifts["coolant bottom"] == lifts["cold plate bottom"]


def test_busbars_under_the_cells_stay_under_them() -> None:
    pack = small_pack()
    under = Part("busbar under", "busbar", (0.0, -52.0, 4.0), 0, ("busbars",))
    lifts = lifts_mm(replace(pack, parts=(*pack.parts, under)))
    assert lifts["gap filler"] < lifts["busbar under"] < lifts["R1C01"] < lifts["busbar 1"]


@pytest.mark.cad
def test_a_part_gets_files_of_its_own(tmp_path: Path) -> None:
    report = build_cad(small_pack(), MATERIALS, tmp_path, options=CadOptions(part="R1C02"), energy_Wh=500.0)
    names = {"R1C02.step", "R1C02.stl", "R1C02.glb", "R1C02.3mf", "R1C02-bom.csv", "R1C02-mass.json", "R1C02-drawing.dxf"}
    assert names <= files(tmp_path) == set(report.files)
    assert not {name for name in report.files if name.startswith("pack")}
    assert report.mass["mass_kg"] == 0.5
    assert "energy_Wh" not in report.mass  # the pack's, not the part's
    assert report.findings == ()


@pytest.mark.cad
def test_taken_apart_is_written_beside_the_pack(tmp_path: Path) -> None:
    from packtool.cad.step import read_step

    report = build_cad(small_pack(), MATERIALS, tmp_path, formats=("step", "glb"), options=CadOptions(exploded=True))
    assert {"pack.step", "pack-exploded.step", "pack.glb", "pack-exploded.glb"} <= set(report.files)
    assert len(read_step(tmp_path / "pack-exploded.step")) == len(small_pack().parts)
    assert (tmp_path / "pack-exploded.step").read_bytes() != (tmp_path / "pack.step").read_bytes()
    assert report.findings == ()


@pytest.mark.cad
@pytest.mark.parametrize(("schema", "header"), [("ap242", "AP242_MANAGED_MODEL"), ("ap214", "AUTOMOTIVE_DESIGN")])
def test_the_step_follows_the_protocol_asked_for(tmp_path: Path, schema: str, header: str) -> None:
    report = build_cad(small_pack(), MATERIALS, tmp_path, formats=("step",), options=CadOptions(step_schema=schema))
    assert header in (tmp_path / "pack.step").read_text(encoding="ascii")[:600]
    assert report.findings == ()
