"""The assembly tree: which groups become one product, how parts are named in it, and that every part stands where the layout has it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from cad_layouts import CELL, box, named, small_pack

from packtool.cad import tree
from packtool.cad.tree import Assembly, assembly_tree, leaves
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.records import Layout, Part

TEMPLATES = Path(__file__).parents[2] / "templates"


def layout(*parts: Part) -> Layout:
    return Layout(
        "pack", CELL, (box("cell", "cell", "x", (10, 10, 10)), box("pad", "pad", "x", (1, 10, 10))), parts, 1, 1, None, ()
    )


def row(number: int, y: float, *, turned: bool = False, columns: int = 3) -> list[Part]:
    step, turn = (-12.0, 180) if turned else (12.0, 0)
    group = (f"row R{number}",)
    cells = [Part(f"R{number}C{c:02d}", "cell", (step * c, y, 5.0), turn, group) for c in range(1, columns + 1)]
    return [*cells, Part(f"R{number} pad 1-2", "pad", (step * 1.5, y, 5.0), turn, group)]  # type: ignore[arg-type]


def products(assembly: Assembly) -> set[Assembly]:
    below = [child.of for child in assembly.children if isinstance(child.of, Assembly)]
    return {assembly}.union(*(products(child) for child in below))


def stands_where(pack: Layout) -> None:
    """Every leaf is one part, in its place."""
    found = {
        (leaf.product, leaf.placing.rotation_deg, *(round(v, 6) for v in leaf.placing.origin))
        for leaf in leaves(assembly_tree(pack))
    }
    assert found == {(part.product, part.rotation_deg, *(round(v, 6) for v in part.origin)) for part in pack.parts}
    assert len(leaves(assembly_tree(pack))) == len(pack.parts)


def test_a_small_pack_names_every_part_in_full() -> None:
    pack = small_pack()
    paths = {leaf.path for leaf in leaves(assembly_tree(pack))}
    assert paths == {(pack.name, *part.group, named(part)) for part in pack.parts}
    stands_where(pack)


def test_rows_of_a_large_pack_are_one_product_whichever_way_they_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", 3)
    pack = layout(*row(1, 0.0), *row(2, 20.1, turned=True), *row(3, 40.2))
    made = assembly_tree(pack)
    rows = {child.name: child.of for child in made.children}
    assert list(rows) == ["row R1", "row R2", "row R3"]
    assert len(set(rows.values())) == 1
    assert rows["row R1"].product == "row"  # type: ignore[union-attr]
    assert [leaf.path for leaf in leaves(made)][4:6] == [("pack", "row R2", "C01"), ("pack", "row R2", "C02")]
    stands_where(pack)


def test_a_row_that_differs_is_a_product_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", 3)
    pack = layout(*row(1, 0.0), *row(2, 20.0), *row(3, 40.0, columns=2), *row(4, 60.0, columns=2))
    assert {assembly.product for assembly in products(assembly_tree(pack))} == {"pack", "row", "row 2"}
    stands_where(pack)


def test_modules_are_one_product_in_any_pack() -> None:
    parts = []
    for module, turn in ((1, 0), (2, 90)):
        for r in (1, 2):
            for c in (1, 2):
                x, y = 30.0 * c, 40.0 * r
                at = (x, y, 0.0) if turn == 0 else (-y - 500, x, 0.0)
                parts.append(Part(f"M{module}R{r}C{c}", "cell", at, turn, (f"module M{module}", f"row R{r}")))  # type: ignore[arg-type]
    pack = layout(*parts)
    made = assembly_tree(pack)
    (one, two) = (child.of for child in made.children)
    assert one is two
    assert leaves(made)[0].path == ("pack", "module M1", "row R1", "R1C1")
    stands_where(pack)


def told(path: tuple[str, ...]) -> tuple[int, int]:
    """Series position and number in parallel of a cell by the names on the way to it, as a reader adds them up."""
    series, parallel = 1, 1
    for name in path[1:]:
        found = re.search(r" S(\d+)(?:-S\d+)?(?: ?P(\d+)(?:-P\d+)?)?$", name)
        if found:
            series += int(found[1]) - 1
            parallel += int(found[2] or 1) - 1
    return series, parallel


SIXTEEN_ROWS = ("electrical.series=16", "arrangement.rows=16")
"""Of the 96 of the car's pack: still more parts than are named in full."""


@pytest.mark.parametrize("template", ["car-21700", "truck-modules", "car-pouch-modules", "grid-rack-module", "bus-lfp"])
@pytest.mark.parametrize("named_in_full", [tree.PARTS_NAMED_IN_FULL, 1])
def test_the_names_on_the_way_to_a_cell_tell_its_place_in_the_circuit(
    monkeypatch: pytest.MonkeyPatch, template: str, named_in_full: int
) -> None:
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", named_in_full)
    pack = lay_out(load_design(TEMPLATES / f"{template}.yaml", SIXTEEN_ROWS if template == "car-21700" else ()))
    assert (len(pack.parts) > tree.PARTS_NAMED_IN_FULL) == (template == "car-21700" or named_in_full == 1)
    place = {tuple(round(v, 5) for v in p.origin): (p.series, p.parallel) for p in pack.parts_of("cell")}
    cells = {product.id for product in pack.products if product.role == "cell"}
    found = {
        tuple(round(v, 5) for v in leaf.placing.origin): told(leaf.path)
        for leaf in leaves(assembly_tree(pack))
        if leaf.product in cells
    }
    assert found == place


def test_rows_of_one_circuit_pattern_are_one_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever series positions they have: it is counted from the row's own first, and the row's name says where that is."""
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", 3)
    parts = [
        Part(f"R{r}C{c}", "cell", (12.0 * c, 20.0 * r, 0.0), 0, (f"row R{r}",), series=2 * r - 2 + c, parallel=p)
        for r, p in ((1, 1), (2, 1), (3, 2))
        for c in (1, 2)
    ]
    made = assembly_tree(replace(layout(*parts), n_series=6, n_parallel=2))
    assert [child.name for child in made.children] == ["row R1 S1-S2 P1", "row R2 S3-S4 P1", "row R3 S5-S6 P2"]
    assert len({child.of for child in made.children}) == 1
    assert leaves(made)[-1].path == ("pack", "row R3 S5-S6 P2", "C2 S2P1")


def test_a_name_is_cut_only_behind_its_groups_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", 1)
    pack = layout(
        *(Part(name, "cell", (20.0 * i, 0.0, 0.0), 0, ("row R1",)) for i, name in enumerate(("R1C01", "R12C01", "R1", "post")))
    )
    assert [leaf.path[-1] for leaf in leaves(assembly_tree(pack))] == ["C01", "R12C01", "R1", "post"]


def test_generic_names_keep_clear_of_products_and_of_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "PARTS_NAMED_IN_FULL", 1)
    parts = [Part(f"A{i}{j}", "pad", (5.0 * k, 20.0 * i, 0.0), 0, (f"pad A{i}",)) for i in (1, 2) for k, j in enumerate("xy")]
    assert {assembly.product for assembly in products(assembly_tree(layout(*parts)))} == {"pack", "pad 2"}
