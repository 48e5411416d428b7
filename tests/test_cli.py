"""The program as a user and as CI meet it: exit codes, what goes to which stream, and no traceback whatever happens."""

import fcntl
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

ROOT = Path(__file__).parents[1]
BUS = ROOT / "templates" / "bus-lfp.yaml"
PROGRAM = [sys.executable, "-m", "packtool"]
COMMANDS = (
    "check",
    "run",
    "solve",
    "cad",
    "mesh",
    "openfoam",
    "new",
    "templates",
    "cells",
    "materials",
    "coolants",
    "duties",
    "schema",
    "doctor",
    "verify",
    "calibrate",
)
PLAIN_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale whose only letters are ASCII, and Python kept from mending that by itself."""


def packtool(*arguments, cwd, environment=None):
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)], capture_output=True, cwd=cwd, timeout=120, env=os.environ | (environment or {})
    )
    done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr
    return done


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


class TestHelp:
    @pytest.mark.parametrize("command", ["", *COMMANDS, "calibrate plate"])
    def test_fits_80_columns_and_says_each_option(self, command, tmp_path):
        done = packtool(*command.split(), "--help", cwd=tmp_path, environment={"COLUMNS": "80"})
        assert (done.returncode, done.stderr) == (0, "")
        assert max(map(len, done.stdout.splitlines())) <= 80
        assert "..." not in re.sub(
            r"DESIGN\.\.\.|\]\.\.\.|\}\.\.\.|ARGS", "", done.stdout.partition("Options:")[2]
        )  # no text is cut off
        for line in done.stdout.splitlines():
            if option := re.match(r"  (?:-\w, )?--[\w-]+(?: \S+)?(.*)", line):
                assert option[1].strip() or "  " in line, line

    def test_lists_every_command(self, tmp_path):
        listed = packtool("--help", cwd=tmp_path).stdout.partition("Commands:")[2].partition("Exit codes:")[0]
        assert tuple(re.findall(r"^  ([\w-]+) ", listed, re.MULTILINE)) == COMMANDS

    def test_tells_the_exit_codes(self, tmp_path):
        text = " ".join(packtool("-h", cwd=tmp_path).stdout.split())
        assert "0 all rules hold, 1 a rule fails, 2 wrong usage or design, 3 something is not installed, 4 a stage failed" in text

    def test_version_is_that_of_the_package(self, tmp_path):
        import packtool as package

        assert packtool("--version", cwd=tmp_path).stdout == f"packtool {package.__version__}\n"


class TestExitCodes:
    def test_0_where_every_rule_holds_and_1_where_one_fails(self, tmp_path):
        assert packtool("check", BUS, cwd=tmp_path).returncode == 0
        failing = packtool("check", BUS, "--set", "limits.pack_mass_kg=100", cwd=tmp_path)
        assert failing.returncode == 1
        assert re.search(r"FAILS +geometry\.pack-mass", failing.stdout)
        assert failing.stderr == ""

    def test_the_worst_design_decides(self, tmp_path):
        (tmp_path / "bad.yaml").write_text("packtool: 1\n")
        (tmp_path / "good.yaml").write_bytes(BUS.read_bytes())
        done = packtool("check", "good.yaml", "bad.yaml", "none.yaml", cwd=tmp_path)
        assert done.returncode == 2
        assert "verdict: pass" in done.stdout
        assert "bad.yaml:1:1" in done.stderr
        assert "none.yaml" in done.stderr

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("chek BUS", "check"),
            ("check BUS --foramt json", "--format"),
            ("check BUS --format xml", "sarif"),
            ("check", "DESIGN"),
            ("check nowhere.yaml", "nowhere.yaml: there is no such file"),
            ("check .", "folder"),
            ("run BUS", "--out"),
            ("run BUS -o BUS -n", "is a file"),
            ("cad BUS -o BUS/below", "cannot write"),
            ("run BUS -o out -n --case chrge_1C", "did you mean charge_1C"),
            ("check BUS --set flow", "--set path=value"),
            ("check BUS --set cold_plate.flw_lpm=8", "did you mean flow_lpm"),
            ("check BUS --set cold_plate.flow_lpm=fast", "must be a number"),
            ("check BUS --set cold_plate.channel_width_mm=", "has no value"),
            ("check BUS --set mesh.level=corse", "did you mean coarse"),
            ("cells calb-lfp17", "did you mean calb-lfp176"),
            ("materials nosuch", "`packtool materials` lists them"),
            ("new my-bus --template bus-lpf", "did you mean bus-lfp"),
            ("new ../my-bus", "cannot be the name of a design"),
            ("verify Z99", "A1"),
            ("cad BUS -o out -n --part R1C1x", "has no part 'R1C1x'; did you mean R1C17?; parts go by their name (as R1C01)"),
            ("solve BUS -o out -n --vary flow_lpm=-1e308:1e308:1", "at most 200"),
        ],
    )  # fmt: skip
    def test_2_for_wrong_usage_with_what_would_be_right(self, line, told, tmp_path):
        arguments = [str(BUS) + word[3:] if word.startswith("BUS") else word for word in line.split()]
        done = packtool(*arguments, cwd=tmp_path)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
        assert done.stdout == ""
        assert files_below(tmp_path) == []

    def test_all_mistakes_of_set_are_told_at_once(self, tmp_path):
        done = packtool(
            "check", BUS, "--set", "a.b=1", "--set", "ambient.temprature_degC=1", "--set", "electrical.series=x", cwd=tmp_path
        )
        assert done.returncode == 2
        assert {line.split(":")[0] for line in done.stderr.splitlines()} == {
            "--set a.b=1", "--set ambient.temprature_degC=1", "--set electrical.series=x",
        }  # fmt: skip

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_2_where_the_folder_may_not_be_written(self, tmp_path):
        (tmp_path / "locked").mkdir(mode=0o500)
        done = packtool("cad", BUS, "-o", "locked/out", cwd=tmp_path)
        assert done.returncode == 2
        assert "cannot write to locked/out" in done.stderr

    def test_2_where_another_run_holds_the_folder(self, tmp_path):
        hidden = tmp_path / "out" / ".packtool"
        hidden.mkdir(parents=True)
        with (hidden / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("4711")
            lock.flush()
            done = packtool("mesh", BUS, "-o", "out", cwd=tmp_path)
        assert done.returncode == 2
        assert "another packtool (process 4711) is working in out" in done.stderr
        assert files_below(tmp_path / "out") == [".packtool", ".packtool/lock"]

    @pytest.mark.fem
    def test_4_where_a_stage_cannot_give_its_result(self, tmp_path):
        # a resistance known at 25 degC and above only, and a coolant that keeps the cells colder
        sets = ("cell={like: calb-lfp176, resistance_mOhm: {temperature_degC: [60], resistance_mOhm: [0.3]}}", *SMALL)
        done = packtool("solve", BUS, "-o", "out", *(word for value in sets for word in ("--set", value)), cwd=tmp_path)
        assert done.returncode == 4
        assert "the cell's dc resistance is known from 60 degC up" in done.stderr
        assert done.stdout == ""
        assert not (tmp_path / "out" / "results.json").exists()
        assert not [name for name in files_below(tmp_path) if ".part-" in name]

    def test_a_solve_without_a_compiler_is_refused_before_it_is_meshed(self, tmp_path):
        nothing = {"PATH": str(tmp_path / "bin"), "PACKTOOL_CACHE": str(tmp_path / "forms")}
        done = packtool("solve", BUS, "-o", "out", cwd=tmp_path, environment=nothing)
        assert done.returncode == 3
        assert done.stderr == (
            "solving needs a C compiler for its forms: no cc, gcc or clang was found\n  mend it with: apt-get install gcc libc6-dev\n"
        )
        assert files_below(tmp_path / "out") == [".packtool", ".packtool/lock"]


SMALL = (
    "electrical.series=2", "arrangement.rows=1", "arrangement.cells_per_row=2", "cold_plate.channels=2", "mesh.level=coarse",
)  # fmt: skip


class TestStreams:
    def test_quiet_and_all_well_says_nothing(self, tmp_path):
        done = packtool("check", BUS, "-q", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_quiet_still_tells_a_failing_rule(self, tmp_path):
        done = packtool("check", BUS, "-q", "--set", "limits.pack_mass_kg=100", cwd=tmp_path)
        assert done.returncode == 1
        assert "geometry.pack-mass" in done.stdout

    @pytest.mark.parametrize(
        "line",
        ["check BUS", "check BUS nowhere.yaml", "cells", "cells calb-lfp176", "materials", "materials al_3003_o", "coolants", "duties", "duties midc",
         "coolants meg50", "templates", "doctor"],
    )  # fmt: skip
    def test_json_is_the_only_payload_and_names_its_schema(self, line, tmp_path):
        done = packtool(*line.replace("BUS", str(BUS)).split(), "--json", cwd=tmp_path)
        assert done.stderr == ""
        assert "packtool" in json.loads(done.stdout)["$schema"]
        assert "NaN" not in done.stdout

    @pytest.mark.fem
    def test_json_of_a_verification_case(self, tmp_path):
        done = packtool("verify", "A1", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        verified = json.loads(done.stdout)
        assert verified["$schema"] == "packtool/verify/1"
        assert "A1" in json.dumps(verified["cases"])

    def test_schema_is_a_json_schema(self, tmp_path):
        assert json.loads(packtool("schema", cwd=tmp_path).stdout)["$schema"].startswith("https://json-schema.org/")

    def test_machine_formats_parse(self, tmp_path):
        text = BUS.read_text(encoding="utf-8")
        (tmp_path / "heavy.yaml").write_text(text.replace("pack_mass_kg: 420", "pack_mass_kg: 100"), encoding="utf-8")
        line = next(number for number, line in enumerate(text.splitlines(), 1) if "pack_mass_kg" in line)
        junit, sarif, github = (
            packtool("check", "heavy.yaml", "--format", form, cwd=tmp_path) for form in ("junit", "sarif", "github")
        )
        assert {done.returncode for done in (junit, sarif, github)} == {1}
        assert len(ElementTree.fromstring(junit.stdout.encode()).findall(".//failure")) == 1
        assert any(result["ruleId"] == "geometry.pack-mass" for result in json.loads(sarif.stdout)["runs"][0]["results"])
        assert re.search(rf"^::error file=heavy\.yaml,line={line},", github.stdout, re.MULTILINE)

    @pytest.mark.parametrize(
        "arguments", [["check", BUS], ["check", BUS, "--set", "limits.pack_mass_kg=1"], ["cells"], ["check", "none"]]
    )
    def test_a_reader_that_leaves_changes_no_exit_code(self, arguments, tmp_path):
        script = f"{shlex.join([*PROGRAM, *map(str, arguments)])} 2>&1 | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
        assert done.stderr == ""
        assert int(done.stdout) == packtool(*arguments, cwd=tmp_path).returncode

    @pytest.mark.parametrize("command", ["schema", "templates"], ids=["more than a buffer", "less than a buffer"])
    def test_a_full_disk_is_told_as_such(self, command, tmp_path):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*PROGRAM, command], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, timeout=60)
        assert done.returncode == 4
        assert done.stderr == b"packtool: No space left on device\n"

    def test_closed_streams_are_no_error(self, tmp_path):
        script = f"{shlex.join([*PROGRAM, 'check', str(BUS)])} >&- 2>&-"
        assert subprocess.run(["bash", "-c", script], cwd=tmp_path, timeout=60).returncode == 0


def on_a_terminal(arguments, environment, cwd):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments)], stdout=theirs, stderr=theirs, env=os.environ | environment, cwd=cwd
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    process.wait(timeout=60)
    return written.decode("utf-8")


def test_colour_is_for_terminals_and_NO_COLOR_turns_it_off(tmp_path):
    failing = ["check", BUS, "--set", "limits.pack_mass_kg=100"]
    environment = {"NO_COLOR": "", "TERM": "xterm"}
    assert "\x1b[" in on_a_terminal(failing, environment, tmp_path)
    plain = on_a_terminal(failing, environment | {"NO_COLOR": "1"}, tmp_path)
    assert "\x1b[" not in plain
    assert "geometry.pack-mass" in plain
    assert "\x1b[" not in packtool(*failing, cwd=tmp_path, environment=environment).stdout


class TestNames:
    @pytest.fixture
    def design(self, tmp_path):
        folder = tmp_path / "Entwürfe für 2025 €"
        folder.mkdir()
        path = folder / "bus é & co.yaml"
        path.write_bytes(BUS.read_bytes())
        return path.relative_to(tmp_path)

    @pytest.mark.parametrize("locale", [{}, PLAIN_LOCALE], ids=["UTF-8", "C"])
    def test_spaces_and_letters_beyond_ascii_pass_through(self, design, locale, tmp_path):
        text = packtool("check", design, cwd=tmp_path, environment=locale)
        assert text.returncode == 0, text.stderr
        assert str(design) in text.stdout
        as_json = packtool("check", design, "--json", cwd=tmp_path, environment=locale)
        assert json.loads(as_json.stdout)["designs"][0]["file"] == str(design)
        sarif = packtool("check", design, "--format", "sarif", cwd=tmp_path, environment=locale)
        assert "bus%20%C3%A9%20%26%20co.yaml" in sarif.stdout
        planned = packtool("run", design, "-o", "Ergebnisse ü", "-n", cwd=tmp_path, environment=locale)
        assert planned.returncode == 0, planned.stderr
        mistake = packtool("check", design, "--set", "name=Größe", cwd=tmp_path, environment=locale)
        assert mistake.returncode == 2
        assert "Größe" in mistake.stderr

    def test_a_locale_without_letters_changes_no_output(self, tmp_path):
        for arguments in (["cells", "calb-lfp176"], ["templates"], ["check", BUS]):
            assert packtool(*arguments, cwd=tmp_path, environment=PLAIN_LOCALE).stdout == packtool(*arguments, cwd=tmp_path).stdout


class TestNewAndDryRun:
    def test_new_writes_a_design_that_holds_and_never_over_another(self, tmp_path):
        first = packtool("new", "my-bus", cwd=tmp_path)
        assert first.returncode == 0
        assert "my-bus.yaml" in files_below(tmp_path)
        assert packtool("check", "my-bus.yaml", cwd=tmp_path).returncode == 0
        text = (tmp_path / "my-bus.yaml").read_text(encoding="utf-8")
        assert "name: my-bus\n" in text
        again = packtool("new", "my-bus", cwd=tmp_path)
        assert again.returncode == 2
        assert "exists already" in again.stderr
        assert (tmp_path / "my-bus.yaml").read_text(encoding="utf-8") == text

    @pytest.mark.parametrize(
        ("command", "stages"),
        [
            ("run", ["cad", "mesh", "solve", "export-mesh", "report"]),
            ("solve", ["mesh", "solve"]),
            ("cad", ["cad"]),
            ("mesh", ["mesh", "export-mesh"]),
        ],
    )
    def test_dry_run_says_what_would_run_and_why_and_writes_nothing(self, command, stages, tmp_path):
        done = packtool(command, BUS, "-o", "out", "-n", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert [line.split()[0] for line in done.stdout.splitlines()] == stages
        assert all("runs: no finished result in this folder" in line for line in done.stdout.splitlines())
        assert files_below(tmp_path) == []

    def test_dry_run_of_vary_tells_the_values_that_the_design_refuses(self, tmp_path):
        done = packtool("solve", BUS, "-o", "out", "-n", "--vary", "passes=1:2:0.5", cwd=tmp_path)
        one, between, two = done.stdout.splitlines()
        assert (one.split(), two.split()) == (["cold_plate.passes=1", "solve"], ["cold_plate.passes=2", "solve"])
        assert "cold_plate.passes=1.5  refused:" in between
        assert "must be a whole number" in between
        assert (done.returncode, files_below(tmp_path)) == (2, [])


def parts_of(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".part-")]


def processes_that_name(text):
    """Command lines, of living processes, with ``text`` in them (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if text in line and path.parent.name != str(os.getpid()):
            found.append(line)
    return found


@pytest.mark.cad
@pytest.mark.fem
class TestInterruption:
    def test_130_at_once_no_half_file_no_process_left_and_the_next_run_continues(self, tmp_path):
        arguments = ["mesh", BUS, "-o", "out", *(word for value in SMALL for word in ("--set", value))]
        process = subprocess.Popen([*PROGRAM, *map(str, arguments)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = tmp_path / "out"
        deadline = time.monotonic() + 60
        while not processes_that_name(str(out)):  # the stage's
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.01)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        assert time.monotonic() - asked < 5
        assert process.returncode == 130
        assert stdout == b""
        assert b"interrupted; what was finished is kept, the next run continues" in stderr
        assert b"Traceback" not in stderr
        assert processes_that_name(str(out)) == []
        assert parts_of(out) == []
        assert not (out / "mesh.json").exists()
        done = packtool(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (out / "pack.msh").is_file()


def test_the_templates_descriptions_stand_in_one_column(tmp_path):
    lines = packtool("templates", cwd=tmp_path).stdout.splitlines()
    assert len({re.match(r"\S*\s+", line).end() for line in lines}) == 1
