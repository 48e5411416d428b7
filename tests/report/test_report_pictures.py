"""Pictures of the demo pack: of the asked size, not blank, and the same every time."""

import io

import numpy as np
import pytest

pytestmark = pytest.mark.picture

pictures = pytest.importorskip("packtool.report.pictures", reason="vtk draws the pictures")

from matplotlib.image import imread  # noqa: E402

from packtool.cad import scene  # noqa: E402  (needs vtk)
from packtool.report import picture_temperature  # noqa: E402  (needs vtk)
from packtool.report.colours import colour_at  # noqa: E402


def pixels(png):
    """(height, width, 3), 0-255, of an RGB PNG."""
    return np.rint(255 * imread(io.BytesIO(png), format="png")).astype(np.int64)


@pytest.fixture(scope="module")
def drawn(layout, mesh, temperature):
    try:
        made = pictures.pictures_of_pack(layout) + pictures.pictures_of_case(layout, mesh, temperature, "charge_1C")
    except scene.PictureError as error:
        pytest.skip(str(error))
    return {picture.name: picture for picture in made}


def test_there_are_four_and_each_has_a_caption(drawn):
    assert list(drawn) == ["pack", "pack-apart", "temperature-charge_1C", "temperature-plate-charge_1C"]
    assert [picture.case for picture in drawn.values()] == [None, None, "charge_1C", "charge_1C"]
    assert all(picture.caption.endswith(".") for picture in drawn.values())


@pytest.mark.parametrize("name", ["pack", "pack-apart", "temperature-charge_1C", "temperature-plate-charge_1C"])
def test_it_is_wide_enough_framed_and_not_blank(drawn, name):
    image = pixels(drawn[name].png)
    height, width, _ = image.shape
    assert (width, 600 <= height <= 1600) == (1500, True)
    drawn_on = np.abs(image - scene.PAPER).sum(axis=2) > 12
    assert 0.15 < drawn_on.mean() < 0.95  # a pack fills much of its picture, and paper is left around it
    assert image.std(axis=(0, 1)).min() > 15  # far from one grey
    border = np.concatenate([drawn_on[:8].ravel(), drawn_on[-8:].ravel(), drawn_on[:, :8].ravel(), drawn_on[:, -8:].ravel()])
    assert not border.any()  # nothing is cut off


@pytest.mark.parametrize("name", ["temperature-charge_1C", "temperature-plate-charge_1C"])
def test_the_colour_bar_stands_clear_of_the_pack(drawn, name):
    image = pixels(drawn[name].png)
    free = 1500 - picture_temperature.PACK_VIEW.right
    assert (image[:, free : free + 15] == scene.PAPER).all()
    assert (image[:, free + 15 :] != scene.PAPER).any()


def test_the_same_layout_gives_the_same_bytes(drawn, layout):
    again = pictures.pictures_of_pack(layout)
    assert [picture.png for picture in again] == [drawn["pack"].png, drawn["pack-apart"].png]


def test_temperature_decides_the_colour(drawn, mesh, temperature):
    """A pack of one temperature shows one colour, at the middle of its scale; the demo shows both ends."""
    even = pixels(picture_temperature.temperature_picture(mesh, np.full_like(temperature, 300.0)))
    seen = even[:, :1250].reshape(-1, 3)
    middle = np.array(colour_at(0.5))
    hue = seen[np.abs(seen - scene.PAPER).sum(axis=1) > 60] @ np.array([[1, -1, 0], [0, 1, -1]]).T
    # shading scales a colour and leaves the order of its channels: red over blue over green
    assert (np.sign(hue).mean(axis=0) * np.sign([middle[0] - middle[1], middle[1] - middle[2]]) > 0.9).all()
    varied = pixels(drawn["temperature-charge_1C"].png)[:, :1250].reshape(-1, 3)
    assert np.abs(varied - colour_at(0.0)).sum(axis=1).min() < 60
    assert np.abs(varied - colour_at(0.95)).sum(axis=1).min() < 60


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [
        (22.5, 37.5, (22.0, 38.0, 2.0)),
        (22.51, 25.9, (22.5, 26.0, 0.5)),
        (25.0, 25.0, (24.95, 25.05, 0.02)),
        (-12.0, 61.0, (-20.0, 70.0, 10.0)),
    ],
)
def test_scales_end_on_round_numbers(low, high, scale):
    bottom, top, step = picture_temperature.scale(low, high)
    assert bottom <= low
    assert top >= high
    assert step == pytest.approx(scale[2])
    assert (top - bottom) / step <= 11  # labels that still fit beside each other
    for end in (bottom, top):
        assert abs(end / step - round(end / step)) < 1e-9


def test_a_mesh_without_plate_is_refused(mesh, temperature, layout):
    bare = type(mesh)(mesh.points, mesh.hexes, mesh.region, tuple(type(r)(r.name, "cell", r.material) for r in mesh.regions), {})
    with pytest.raises(scene.PictureError, match="no cold plate"):
        picture_temperature.plate_picture(bare, temperature, layout.network)


def test_no_way_to_draw_is_said_with_its_remedy(monkeypatch, layout):
    monkeypatch.setattr(scene, "WINDOWS", ())
    with pytest.raises(scene.PictureError, match="apt-get install"):
        pictures.pictures_of_pack(layout)
