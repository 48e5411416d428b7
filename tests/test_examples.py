"""Every example runs as a user runs it, and its numbers are held against the closed form or the physics, not against a past run."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each example is a program

EXAMPLES = Path(__file__).parents[1] / "examples"
TEMPLATES = EXAMPLES.parent / "templates"


def output_of(script, *arguments, cwd, code=0):
    """What an example prints, run in a folder that is not its own."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments], capture_output=True, text=True, encoding="utf-8", cwd=cwd, timeout=300
    )
    assert done.returncode == code, done.stderr
    assert done.stderr == ""
    return done.stdout


def numbers(line):
    return [float(text) for text in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", line)]


@pytest.mark.fem
def test_heat_in_a_block(tmp_path):
    lines = {line.split()[0]: numbers(line) for line in output_of("heat_in_a_block.py", cwd=tmp_path).splitlines()}
    flux, height = 10.0 / (0.148 * 0.027), 0.098
    base = 25.0 + flux / 200.0
    printed = 5e-5  # four decimals
    assert lines["base"] == pytest.approx([base, base], abs=printed)
    top = base + flux * height / (2 * 10.0)
    assert lines["top"] == pytest.approx([top, top], abs=printed)
    mean = base + flux * height / (3 * 10.0)
    assert lines["mean"] == pytest.approx([mean, mean], abs=printed)
    assert lines["balance"][0] < 1e-8  # the solve's own tolerance


@pytest.mark.fem
def test_which_way_up(tmp_path):
    _, *rows = output_of("which_way_up.py", cwd=tmp_path).splitlines()
    found = {row.split()[0]: numbers(row) for row in rows}
    q = 176.0**2 * 0.5e-3 / (0.174 * 0.0537 * 0.207)
    for stance, height, k in (("upright", 207.0, 21.0), ("on_side", 174.0, 21.0), ("flat", 53.7, 0.8)):
        shown, inside, slab = found[stance]
        closed = q * (height * 1e-3) ** 2 / (2 * k)
        assert shown == height
        assert slab == pytest.approx(closed, abs=0.02)  # two decimals; busbar heat is not in it
        assert closed < inside < 1.15 * closed  # the plate below is not as warm everywhere


@pytest.mark.fem
def test_stack_with_contact(tmp_path):
    head, *rows = output_of("stack_with_contact.py", cwd=tmp_path).splitlines()
    assert "jump" in head
    flux = 20.0 / 0.1**2
    below = 20.0 + flux * (1 / 1000.0 + 0.006 / 160.0)
    above = flux * 0.05 / (2 * 1.0)
    for row, resistance in zip(rows, (1e-5, 1e-4, 5e-4), strict=True):
        R, jump, closed, top = numbers(row)
        assert resistance == R
        assert jump == pytest.approx(flux * resistance, abs=5e-5)  # four decimals
        assert closed == pytest.approx(flux * resistance, abs=5e-5)
        assert top == pytest.approx(below + flux * resistance + above, abs=5e-4)  # three decimals


@pytest.mark.fem
def test_cell_under_load(tmp_path):
    *lines, warmest, checks = output_of("cell_under_load.py", cwd=tmp_path).splitlines()
    (_, core, skin), (_, core_hot, skin_hot), (_, core_end, skin_end) = (numbers(line) for line in lines)
    made = 15**2 * 25e-3 * 1100  # J, at the resistance of the start; it falls with temperature
    assert 25 + 0.4 * made / (0.070 * 950) < core_hot < 25 + made / (0.070 * 950)
    # a rod that gives q to its surroundings: core - skin = q R / (2 k), q = (8 + about 6 of radiation) W/m²K over the rise
    film = (core_hot - skin_hot) * 2 * 1.0 / 0.0105 / (skin_hot - 25)
    assert 8 + 4 * 0.85 * 5.67e-8 * 298**3 < film < 8 + 4 * 0.85 * 5.67e-8 * 342**3 + 1  # the ends take some of it
    assert 25 < skin < core < core_hot
    assert 25 < skin_end < core_end < core_hot
    assert numbers(warmest)[0] == pytest.approx(core_hot, abs=0.05)
    time_error, imbalance = numbers(checks)
    assert time_error < 0.05
    assert imbalance < 1e-6


@pytest.mark.fem
def test_busbar_neck(tmp_path):
    hottest, drop, *parts, balance = output_of("busbar_neck.py", cwd=tmp_path).splitlines()
    T, x = numbers(hottest)
    assert 50 < x < 70  # in the neck
    millivolts, watts = numbers(drop)
    assert watts == pytest.approx(0.3 * millivolts, abs=1e-3)  # I V, printed to 3 digits
    makes = {line.split()[0]: numbers(line) for line in parts}
    assert sum(power for power, _ in makes.values()) == pytest.approx(watts, abs=2e-3)
    ohms = 1.72e-8 * (1 + 0.00393 * (makes["neck"][1] - 20))
    joint = 300**2 * 2e-10 / (0.01 * 0.003)
    even = 300**2 * ohms * 0.02 / (0.01 * 0.003) + joint / 2
    assert even < makes["neck"][0] < 1.02 * even  # the current crowds at the neck's corners
    assert 35 < makes["left"][1] < T
    assert numbers(balance)[0] < 1e-6


@pytest.mark.fem
def test_melting_buffer(tmp_path):
    (bare, bare_off), (wax, wax_off) = (numbers(line)[-3::2] for line in output_of("melting_buffer.py", cwd=tmp_path).splitlines())
    sensible = 0.0135 * 0.0145 * 2.2e6 * 20
    least = 8 - 5.0 * 0.0145 * 20  # W that stay: the rise is up to 20 K
    assert sensible / 8 < bare < sensible / least
    latent, warming = 0.006 * 0.0145 * 1.6e8, 0.006 * 0.0145 * 1.75e6 * 20
    assert bare + latent / 8 < wax < (sensible + latent + warming) / least
    assert max(bare_off, wax_off) < 1e-6


@pytest.mark.fem
def test_pressure_drop_over_flow(tmp_path):
    _, *rows = output_of("pressure_drop_over_flow.py", cwd=tmp_path).splitlines()
    table = [numbers(row) for row in rows]
    flow, drop, band, pump, Re = zip(*table, strict=True)
    assert flow == (2, 4, 8, 12, 16)
    # between laminar friction (exponent 1) and quadratic losses (2), and nearer to these at higher flow
    exponents = [math.log(drop[i + 1] / drop[i]) / math.log(flow[i + 1] / flow[i]) for i in range(len(flow) - 1)]
    assert all(1.0 < e < 2.0 for e in exponents)
    assert exponents[0] < exponents[-1]
    for i in range(len(flow)):
        assert 0 < band[i] < drop[i]
        assert pump[i] == pytest.approx(
            flow[i] / 60e3 * drop[i] * 1e3, abs=1e-3 + 5e-7 * flow[i] / 60
        )  # V dp, both printed to 3 digits
        assert Re[i] / flow[i] == pytest.approx(
            Re[0] / flow[0], abs=0.5 / 2 + 0.5 / flow[i]
        )  # Re goes with the flow; printed whole
        assert ("transition" in rows[i]) == (Re[i] > 2300)


def test_check_a_folder_of_designs(tmp_path):
    text = output_of("check_a_folder_of_designs.py", cwd=tmp_path)
    assert {line.partition(":")[0] for line in text.splitlines() if not line.startswith(" ")} == {
        path.name for path in TEMPLATES.glob("*.yaml")
    }
    assert "bus-lfp.yaml: holds" in text


@pytest.mark.parametrize(
    ("wrong", "code", "told"), [("flow_lpm: 12", 2, "flow_lpm"), ("pack_mass_kg: 420", 1, "geometry.pack-mass")]
)
def test_check_a_folder_of_designs_tells_what_is_wrong(wrong, code, told, tmp_path):
    bus = (TEMPLATES / "bus-lfp.yaml").read_text(encoding="utf-8")
    (tmp_path / "good.yaml").write_text(bus, encoding="utf-8")
    key = wrong.partition(":")[0]
    (tmp_path / "bad.yaml").write_text(bus.replace(wrong, f"{key}: -1" if code == 2 else f"{key}: 42"), encoding="utf-8")
    text = output_of("check_a_folder_of_designs.py", tmp_path, cwd=tmp_path, code=code)
    line = next(i for i, line in enumerate(bus.splitlines(), 1) if wrong in line)
    assert told in text
    assert f"bad.yaml:{line}" in text
    assert "good.yaml: holds" in text


def test_cell_swap(tmp_path):
    text = output_of("cell_swap.py", cwd=tmp_path)
    as_shipped, only_the_cell, followed = re.split(r"\n(?=\S)", text.strip())
    assert as_shipped.startswith("as shipped: holds")
    assert numbers(as_shipped)[0] == pytest.approx(68 * 176 * 3.2, abs=0.05)
    assert "fails" in only_the_cell.splitlines()[0]
    # 17 cells and 16 gaps are longer than the envelope allows before anything else is counted: 17 x 71.7 + 16 x 1.5
    length = int(re.search(r"geometry\.envelope: (\d+) mm, limit 1200", only_the_cell)[1])
    assert length > 17 * 71.7 + 16 * 1.5
    assert "holds" in followed
    assert numbers(followed.partition("energy.pack")[2])[0] == pytest.approx(48 * 280 * 3.2, abs=0.05)
    shorter = length - 5 * (71.7 + 1.5)
    assert shorter <= 1200  # so 12 cells in a row fit, as the example says


@pytest.mark.cad
def test_part_from_step(tmp_path):
    """The L is 60 x 50 x 40 mm of 5 mm sheet; the flange, 3 mm thick, and the lid on it, 2 mm, run into its legs."""
    without, beside, out, into, tray, lid, less_out = output_of("part_from_step.py", cwd=tmp_path).splitlines()
    kg = (60 * 5 + 45 * 5) * 40 * 1e-9 * 2700
    printed = 1e-3  # three decimals, twice rounded
    assert numbers(beside)[0] - numbers(without)[0] == pytest.approx(kg, abs=printed)
    assert numbers(beside)[1] - numbers(into)[-1] == pytest.approx(3.0, abs=0.1)
    assert numbers(tray) == [pytest.approx(3 * 40 * 3, rel=1e-3)]  # four digits
    assert numbers(lid) == [pytest.approx(3 * 40 * 2, rel=1e-3)]
    assert [numbers(line)[0] for line in (out, less_out)] == [60, 57]


def test_own_cell_takes_every_figure_from_the_design():
    from packtool.design.load import load_design

    cell = load_design(EXAMPLES / "own_cell.yaml").cell
    figures = {name: value for name in type(cell).model_fields if hasattr(value := getattr(cell, name), "standing")}
    assert len(figures) >= 12
    assert {figure.standing for figure in figures.values()} == {"given"}
    assert cell.name == "sample B of our 100 Ah LFP cell"


@pytest.mark.fem
def test_own_cell_is_cooled_by_the_ambient_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "packtool", "solve", EXAMPLES / "own_cell.yaml", "-o", "out", "--set", "mesh.level=coarse", "--json"],
        capture_output=True, text=True, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    value = {row["name"]: row["value"] for row in json.loads(done.stdout)["results"]}
    made = value["heat.cells"] + value["heat.busbars"]
    assert value["heat.ambient"] == pytest.approx(made, rel=1e-6)  # the rule data.energy-balance asks for this
    # 50 A through 16 cells of between 0.45 mOhm (45 degC) and 0.34 (60 degC)
    assert 16 * 50**2 * 0.34e-3 < value["heat.cells"] < 16 * 50**2 * 0.45e-3
    assert 45.0 < value["temperature.cell.min"] < value["temperature.cell.max"] < 60.0


def solved(design: str, folder: Path) -> tuple[int, dict[str, dict[str, float]]]:
    """Exit code of `packtool solve` on an example, and its values by case and name."""
    done = subprocess.run(
        [sys.executable, "-m", "packtool", "solve", EXAMPLES / design, "-o", "out", "--json"],
        capture_output=True, text=True, cwd=folder, timeout=900,
    )  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for row in json.loads(done.stdout)["results"]:
        found.setdefault(row["case"], {})[row["name"]] = row["value"]
    return done.returncode, found


@pytest.mark.fem
@pytest.mark.slow
def test_charge_then_drive_and_cold_soak(tmp_path):
    code, found = solved("charge_then_drive.yaml", tmp_path)
    assert code == 0
    day, soak = found["day"], found["cold_soak"]
    # 80 Ah at 50 A are 5760 s: the charge has tapered the rest of its 7200 s, give or take what resistance and OCV curve cost
    assert day["power.tapered"] == pytest.approx(7200 - 5760, rel=0.02)
    assert day["power.limited"] == 0
    assert day["soc.max"] == pytest.approx(1.0, abs=0.01)
    assert 0.7 < day["soc.end"] < day["soc.max"]
    assert day["energy.imbalance"] < 1e-6
    assert soak["heater.starts[pads]"] == 1
    assert soak["heater.energy[pads]"] == pytest.approx(150 * soak["heater.time_on[pads]"] / 3600, rel=1e-9)
    # what the pads give less what the ambient takes warms the pack: from -10 to 8 degC at the coldest cell
    assert soak["heat.heater[pads]"] == pytest.approx(soak["heat.ambient"] + soak["heat.stored"], rel=1e-6)
    assert soak["temperature.cell.mean.end"] > 5


@pytest.mark.fem
@pytest.mark.slow
def test_grid_day_with_an_aged_cell(tmp_path):
    code, found = solved("grid_day.yaml", tmp_path)
    day = found["day"]
    assert code == 1  # the aged cell is full, and later empty, before the others: the power is cut off
    assert day["power.limited"] > 600
    warmest = max((value, name) for name, value in day.items() if name.startswith("temperature.cell.mean[R1C"))[1]
    assert day["heat.cells"] > 13 * 157**2 * 0.2e-3 * 0.6  # W: half of the day at half power
    assert warmest == "temperature.cell.mean[R1C07]" or day["temperature.cell.spread"] > 1
    assert day["energy.imbalance"] < 1e-6


@pytest.mark.fem
@pytest.mark.slow
def test_melting_pads(tmp_path):
    _, found = solved("melting_pads.yaml", tmp_path)
    hour = found["hour"]
    made = hour["heat.cells"] + hour["heat.busbars"]
    assert made == pytest.approx(hour["heat.stored"] + hour["heat.ambient"], rel=1e-6)
    kilograms = 870 * 3 * 8e-3 * PAD_FACE
    assert hour["heat.stored.latent"] * 3600 == pytest.approx(kilograms * 170e3 * hour["melted.mean.end"], rel=1e-6)
    assert 0 < hour["melted.mean.end"] < hour["melted.mean"] < 1  # they freeze in the rest
    assert 34 < hour["temperature.cell.max"] < 37  # held in the range of melting
    assert hour["energy.imbalance"] < 1e-6


@pytest.mark.fem
def test_mesh_to_a_tenth(tmp_path):
    code, found = solved("mesh_to_a_tenth.yaml", tmp_path)
    assert code == 0
    assert 30.0 < found["charge_1C"]["temperature.cell.max"] < 40.0
    out = tmp_path / "out"
    mesh = json.loads((out / "mesh.json").read_text())
    rows = json.loads((out / "results.json").read_text())["results"]
    errors = {row["name"]: row["error"] for row in rows if row["name"].startswith("temperature.cell.")}
    assert max(errors.values()) == mesh["reached_error_K"] <= mesh["target_error_K"] == 0.1
    assert mesh["tried"][-1]["elements"] == mesh["elements"]
    assert mesh["reached_at"].split(" of ")[0] in errors
    again = subprocess.run(
        [sys.executable, "-m", "packtool", "solve", EXAMPLES / "mesh_to_a_tenth.yaml", "-o", "out"],
        capture_output=True, text=True, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert again.stderr.count("up to date") == 2, "neither the mesh nor the solve is made again"


PAD_FACE = 130.3e-3 * 195e-3
"""Of the EVE LF105 [m²]."""


def test_every_example_says_its_question_and_is_listed():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in sorted([*EXAMPLES.glob("*.py"), *EXAMPLES.glob("*.yaml")]):
        assert f"`{path.name}`" in listed
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            assert text.startswith('"""'), path.name
            assert "?" in text.partition("\n")[0]
            assert len(text.splitlines()) <= 45


def test_two_plates_on_a_pump(tmp_path):
    lines = {line[:12].strip(): numbers(line[12:]) for line in output_of("two_plates_on_a_pump.py", cwd=tmp_path).splitlines()}
    litres, head, power = lines["pump"]
    assert head == pytest.approx(70 * (18 - litres) / 9, abs=0.1)  # on the curve's second piece; 0.01 L/min is 0.08 kPa
    assert power == pytest.approx(head * litres / 60, abs=0.03)
    short, long = lines["short plate"], lines["long plate"]
    assert short[0] + long[0] == pytest.approx(100, abs=0.11)  # one decimal
    assert short[0] > long[0]
    capacity = litres / 60e3 * 1068 * 3320  # meg50 at 25 degC, to a percent
    for (share, _, h, out, wall), watts, length in ((short, 900, 6), (long, 1100, 9)):
        assert out - 25 == pytest.approx(watts / (capacity * share / 100), rel=0.02)
        assert wall - out == pytest.approx(watts / (h * 0.04 * length), rel=0.5)  # h is the mean, the wall's at the end
    assert lines["together"] == pytest.approx([25 + 2000 / capacity, 2000.0], rel=0.01)


@pytest.mark.fem
def test_plate_over_a_channel(tmp_path):
    _, *rows = output_of("plate_over_a_channel.py", cwd=tmp_path).splitlines()
    found = [numbers(row) for row in rows]
    for litres, drop, out, warmest, first, last in found:
        assert out == pytest.approx(25 + 60 / (litres / 60e3 * 1068 * 3320), abs=0.05)  # meg50 at 25 degC, to a percent
        laminar = 12 * 3.4e-3 * 0.4 * litres / 60e3 / (0.03 * 0.003**3)  # between plates; the sides add 7 %, the entrance some more
        assert laminar < drop < 1.7 * laminar
        assert first > 2 * last
        assert 5000 / first < warmest - 25 < 5000 / last + 60 / (litres / 60e3 * 1068 * 3320) + 1
    assert found[0][3] > found[1][3] > found[2][3]
