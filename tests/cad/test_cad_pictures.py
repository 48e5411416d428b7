"""The pictures: what is in them, by the colours that a viewer sees; the same bytes every time."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cad_layouts import MATERIALS, box, small_pack

from packtool.cad.build import build_cad
from packtool.cad.options import CadOptions
from packtool.errors import UsageError
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.records import Layout, Part

pytestmark = [pytest.mark.cad, pytest.mark.picture]

pictures = pytest.importorskip("packtool.cad.pictures", reason="vtk draws the pictures")
scene = pytest.importorskip("packtool.cad.scene")
imread = pytest.importorskip("matplotlib.image").imread


def lidded() -> Layout:
    """The small pack with a lid, the coolant in its plate and a network (of which only the height counts here)."""
    pack = small_pack()
    lid = box("lid", "lid", "al", (160, 300, 2))
    coolant = box("coolant", "coolant", "meg50", (18, 140, 3))
    parts = (*pack.parts, Part("lid", "lid", (0, 0, 103)), Part("coolant", "coolant", (0, 0, 1.5)))
    return replace(pack, products=(*pack.products, lid, coolant), parts=parts, network=CoolantNetwork((), "a", "b", 1.5, 4.5))


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    try:
        return pictures.pack_pictures(lidded())
    except scene.PictureError as error:
        pytest.skip(str(error))


def share(png: bytes, hue: str) -> float:
    """Share of the drawn pixels that are clearly blue or orange."""
    image = np.rint(255 * imread(io.BytesIO(png), format="png")).astype(int)
    seen = image[np.abs(image - scene.PAPER).sum(axis=2) > 12]
    red, _, blue = seen.T
    return float(np.mean(blue - red > 30) if hue == "blue" else np.mean(red - blue > 60))


def test_there_are_four(drawn: dict[str, bytes]) -> None:
    assert list(drawn) == ["whole", "lid-off", "exploded", "section"]


def test_the_lid_hides_the_cells_until_it_is_off(drawn: dict[str, bytes]) -> None:
    assert share(drawn["whole"], "blue") < 0.02 < 0.1 < share(drawn["lid-off"], "blue")
    assert share(drawn["whole"], "orange") < 0.01 < share(drawn["lid-off"], "orange")


def test_the_section_shows_the_coolant_and_nothing_above_it(drawn: dict[str, bytes]) -> None:
    assert share(drawn["section"], "blue") > 0.03
    assert share(drawn["section"], "orange") == 0  # busbars are above the cut
    cut = pictures.below(lidded(), 3.0)
    assert max(cut.part_bounds(part)[5] for part in cut.parts) == pytest.approx(3.0)
    assert {part.name for part in cut.parts} == {"tray", "rear bracket", "front bracket", "cold plate", "coolant"}


def test_the_same_layout_gives_the_same_bytes(drawn: dict[str, bytes]) -> None:
    assert pictures.pack_pictures(lidded(), ("lid-off",))["lid-off"] == drawn["lid-off"]


def test_edges_of_a_box_are_its_twelve() -> None:
    from packtool.cad.solids import product_solid
    from packtool.cad.tessellate import triangulate

    edges = pictures.sharp_edges(triangulate(product_solid(box("b", "cell", "x", (3, 4, 5))).shape, "b"))
    assert sorted(np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1).round(9)) == [3.0] * 4 + [4.0] * 4 + [5.0] * 4


def test_the_stage_writes_them_when_asked(tmp_path: Path, drawn: dict[str, bytes]) -> None:
    report = build_cad(lidded(), MATERIALS, tmp_path, formats=(), options=CadOptions(pictures=True))
    names = {f"pictures/{view}.png" for view in drawn}
    assert names <= set(report.files)
    assert (tmp_path / "pictures" / "lid-off.png").read_bytes() == drawn["lid-off"]


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(UsageError, match="choose from whole, lid-off, exploded, section"):
        pictures.pack_pictures(small_pack(), ("side",))
