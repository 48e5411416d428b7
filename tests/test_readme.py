"""The README does what it says: its commands run in its order, and its table and the program's --help name the same things."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from command_line import ROOT, packtool

from packtool.errors import ExitCode

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLER = (
    "electrical.series=4", "arrangement.rows=1", "arrangement.cells_per_row=4", "cold_plate.channels=2", "cold_plate.flow_lpm=3",
    "mesh.level=coarse",
)  # fmt: skip
"""Over the design of a run: four cells, so that it takes seconds."""
WIDE = {"COLUMNS": "100"}


def blocks(language):
    """The text of every fenced block of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def console_lines():
    """Every command of the README, as it is typed."""
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    return [line[2:] for line in lines]


def options_of(*command):
    """Commands' options as --help lists them: long and short."""
    text = packtool(*command, "--help", cwd=ROOT, environment=WIDE).stdout.partition("Options:")[2]
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", "\n".join(line[:30] for line in text.splitlines())))


def commands_in_help():
    text = packtool("--help", cwd=ROOT, environment=WIDE).stdout
    found = re.findall(r"^  ([a-z]+)  ", text.partition("Commands:")[2].partition("Exit codes")[0], re.MULTILINE)
    return {*found} - {"calibrate"} | {"calibrate plate"}  # the one command that stands in a group


def commands_in_table():
    """Command -> what its row of the README's table says; `a|b` is one row for two."""
    found = {}
    for row in re.findall(r"^\| `packtool .*$", README, re.MULTILINE):
        first, _, says = row.replace("\\|", "¦").strip("| ").partition(" | ")
        for names in re.findall(r"`packtool (calibrate plate|[a-z¦]+)", first):
            for name in names.split("¦"):
                found[name] = f"{first} | {says}"
    return found


def test_the_first_run_is_two_commands_of_the_script_in_the_checkout():
    first = [shlex.split(line) for line in blocks("console")[0].replace("$ ", "").splitlines()]
    assert first == [["./run", "demo"], ["./run", "test"]]
    script = (ROOT / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / "run", os.X_OK)
    for _, name in first:
        assert re.search(rf"^{name}\)", script, re.MULTILINE)


@pytest.mark.cad
@pytest.mark.fem
@pytest.mark.picture
@pytest.mark.slow
def test_the_commands_work_in_their_order(tmp_path):
    lines = [shlex.split(line) for line in console_lines() if line.startswith("packtool ")]
    assert ["packtool", "new", "my-bus", "--template", "bus-lfp"] in lines
    for _, *arguments in lines:
        solves = arguments[0] in ("run", "solve") and "-n" not in arguments
        more = [word for value in SMALLER for word in ("--set", value)] if solves else []
        done = packtool(*arguments, *more, cwd=tmp_path, environment=WIDE)
        assert done.returncode in ((0, 1) if solves else (0,)), (arguments, done.stderr)
        assert done.stdout
    assert (tmp_path / "out" / "my-bus" / "report.html").is_file()


def test_a_mistake_is_told_as_the_readme_shows_it(tmp_path):
    (shown,) = (line for block in blocks("text") for line in block.splitlines() if line.startswith("my-bus.yaml:"))
    packtool("new", "my-bus", cwd=tmp_path)
    design = tmp_path / "my-bus.yaml"
    wrong = design.read_text(encoding="utf-8").replace("flow_lpm:", "flw_lpm:")
    design.write_text(wrong, encoding="utf-8")
    told = packtool("check", "my-bus.yaml", cwd=tmp_path, environment=WIDE).stderr.splitlines()
    assert any(line.startswith(shown.removesuffix("...").rstrip()) for line in told), (shown, told)


def test_the_table_names_every_command_and_no_other():
    assert set(commands_in_table()) == commands_in_help()


@pytest.mark.parametrize("command", sorted(commands_in_table()))
def test_the_options_of_the_table_exist(command):
    row = commands_in_table()[command]
    written = re.findall(r"`([^`]*)`", row)
    named = {option for text in written for option in re.findall(r"(?<![\w-])--?[a-z][\w-]*", text)}
    assert named <= options_of(*command.split())
    if choices := re.search(r"--format ([\w¦]+)", row):
        from packtool.cli import Format
        from packtool.mesh.formats import FORMATS

        known = list(FORMATS) if command == "mesh" else [form.value for form in Format]
        assert choices[1].split("¦") == known


def test_json_is_everywhere_that_the_payload_is_not_a_file_or_json_already():
    assert "`--json` everywhere" in README
    assert {name for name in commands_in_help() if "--json" not in options_of(*name.split())} == {"new", "schema"}


def test_the_exit_codes_are_the_programs():
    (sentence,) = re.findall(r"^Exit codes: (.*)\.$", README, re.MULTILINE)
    told = {int(number) for number in re.findall(r"(?:^|, )(\d+) ", sentence)}
    assert told == set(ExitCode)


def test_links_and_files_that_it_names_exist():
    for name in re.findall(r"`(templates/[\w.-]+|environment\.yml)`", README) + re.findall(r"\b([A-Z]{4,}\.md)\b", README):
        assert (ROOT / name).is_file(), name


def block_with(word):
    (text,) = (block for block in blocks("python") if word in block)
    return text


@pytest.mark.slow  # starts a program
def test_the_lines_about_ducts_run_and_split_the_flow(tmp_path):
    text = block_with("coldplate.ducts")
    done = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    shares = re.findall(r"'plate [AB]': (0\.\d+)", done.stdout)
    assert float(shares[0]) > float(shares[1])  # the shorter one takes more
    assert sum(map(float, shares[:2])) == pytest.approx(0.107, rel=0.01)  # 6 L/min of meg50, 1067 kg/m³


@pytest.mark.fem
def test_the_lines_of_python_run_and_give_a_warm_cell(tmp_path):
    text = block_with("thermal.mesh_layers")
    assert len([line for line in text.splitlines() if line]) <= 12  # "in ten lines"
    done = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    plate, top, *_ = (float(number) for number in re.findall(r"\d+\.\d+", done.stdout))
    assert 293.15 < plate < top < 373.15
