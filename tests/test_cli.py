"""The program as a user and as CI meet it: exit codes, what goes to which stream, and no traceback whatever happens."""

import fcntl
import json
import os
import re

import pytest
from command_line import BUS, SMALL, files_below, packtool

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

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
            ("check BUS --set mesh.sizes.cell_thru_mm=2", "did you mean cell_through_mm"),
            ("check BUS --set mesh.sizes.plate_mm=0", "must be from 0.001 to 20000 mm"),
            ("check BUS --set mesh.sizes.plate_mm=-1", "must be from 0.001 to 20000 mm"),
            ("check BUS --set mesh.target_error_K=0.1 --set mesh.sizes.plate_mm=5", "give target_error_K or sizes, not both"),
            ("check BUS --set mesh.target_error_k=0.1", "did you mean target_error_K"),
            ("check BUS --set mesh.target_error_K=0", "must be from 0.0001 to 10 K"),
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


def test_the_templates_descriptions_stand_in_one_column(tmp_path):
    lines = packtool("templates", cwd=tmp_path).stdout.splitlines()
    assert len({re.match(r"\S*\s+", line).end() for line in lines}) == 1
