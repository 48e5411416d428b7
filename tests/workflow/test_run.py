"""A run over a folder: what has to run runs, nothing else does, and a killed run leaves nothing that the next one stumbles over."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from command_line import processes_that_name

import packtool.report
from packtool.cad.options import DEFAULT_OPTIONS
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.workflow.plan import STAGES as ORDER
from packtool.workflow.plan import plan

pytestmark = [pytest.mark.cad, pytest.mark.fem, pytest.mark.picture, pytest.mark.slow]

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = {
    "electrical.series": "4",
    "arrangement.rows": "1",
    "arrangement.cells_per_row": "4",
    "cold_plate.channels": "2",
    "cold_plate.flow_lpm": "3",  # the two channels then carry what the ten of the bus pack do at 15 L/min
    "mesh.level": "coarse",
}
"""The bus pack cut down to four cells, so that every stage is done in seconds."""

STAGES = set(ORDER) - {"cad-part"}  # which exports a part beside the pack, when asked
ANEW_EACH_TIME = {"run.json", "report.html", ".packtool/lock", *(f".packtool/{stage}.json" for stage in STAGES)}
"""Files that hold the seconds of a stage, or a process id."""


def command(name, out, *more, **sets):
    chosen = SMALL | {key.replace("__", "."): value for key, value in sets.items()}
    return [
        sys.executable, "-m", "packtool", name, str(BUS), "-o", str(out), *more,
        *(word for key, value in chosen.items() for word in ("--set", f"{key}={value}")),
    ]  # fmt: skip


def packtool_run(name, out, *more, **sets):
    """Run to the end; what it printed, with its exit code."""
    done = subprocess.run(command(name, out, *more, **sets), capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode in (0, 1), done.stderr
    return done


def would_run(out, **sets):
    """Stages that a run would carry out, as --dry-run says."""
    chosen = SMALL | {key.replace("__", "."): value for key, value in sets.items()}
    loaded = load_design(BUS, [f"{key}={value}" for key, value in chosen.items()])
    text = BUS.read_text(encoding="utf-8-sig")
    steps = plan(loaded, lay_out(loaded), out, tuple(STAGES), tuple(loaded.design.cases), text, False, DEFAULT_OPTIONS)
    return {step.stage for step in steps if step.reasons}


def ran(out):
    """Stages that the last run carried out."""
    return set(json.loads((out / "run.json").read_text(encoding="utf-8"))["ran"])


def results(out):
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def value(out, name):
    (row,) = [row for row in results(out)["results"] if row["name"] == name]
    return row["value"]


def contents(out):
    """Relative name -> bytes, of every file that a fresh run must repeat to the last bit."""
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ANEW_EACH_TIME}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A fresh run of every stage. Tests do not change it: they take a copy."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    packtool_run("run", out)
    return out


@pytest.fixture
def folder(undisturbed, tmp_path):
    return Path(shutil.copytree(undisturbed, tmp_path / "out"))


class TestWhatStandsInTheFolder:
    def test_every_file_of_the_readme(self, undisturbed):
        readme = (BUS.parents[1] / "README.md").read_text(encoding="utf-8")
        promised = re.findall(r"`([^`]+)`", readme.partition("## In the run folder")[2].partition("##")[0])
        assert len(promised) >= 10
        in_time = {"thermal-CASE.pvd", "series-CASE.csv", "electrical-CASE.csv"}  # "of a transient case", says the README
        assert in_time < set(promised)
        for name in set(promised) - in_time:
            assert list(undisturbed.glob(name.replace("CASE", "charge_1C").rstrip("/"))), name

    def test_only_hidden_records_besides(self, undisturbed):
        visible = {path.name for path in undisturbed.iterdir()}
        assert {name for name in visible if name.startswith(".")} == {".packtool"}
        assert not list(undisturbed.rglob(".part-*"))

    def test_results_have_the_keys_that_the_schema_requires_and_no_others(self, undisturbed):
        schema = json.loads((Path(packtool.report.__file__).parent / "data" / "results.schema.json").read_text(encoding="utf-8"))
        document = results(undisturbed)
        assert set(document) == set(schema["required"])
        for rows, kind in (("findings", "finding"), ("results", "result"), ("not_checked", "not_checked")):
            assert document[rows], rows
            for row in document[rows]:
                assert set(row) == set(schema["$defs"][kind]["required"])

    def test_the_watts_close(self, undisturbed):
        made = value(undisturbed, "heat.cells") + value(undisturbed, "heat.busbars")
        taken = value(undisturbed, "heat.coolant") + value(undisturbed, "heat.ambient")
        assert taken == pytest.approx(made, rel=1e-6)  # the limit of the rule data.energy-balance
        rise = value(undisturbed, "coolant.rise") * value(undisturbed, "coolant.flow.mass")
        assert value(undisturbed, "heat.coolant") / rise == pytest.approx(3300, rel=0.05)  # cp of 50 % glycol, J/kg/K

    def test_every_temperature_has_its_error(self, undisturbed):
        rows = [row for row in results(undisturbed)["results"] if row["name"].startswith("temperature.")]
        assert len(rows) >= 15
        for row in rows:
            assert row["error"] is not None
            assert row["error"] > 0

    def test_run_json_names_what_each_stage_was_made_from(self, undisturbed):
        stages = json.loads((undisturbed / "run.json").read_text(encoding="utf-8"))["stages"]
        assert set(stages) == STAGES
        for stage in stages.values():
            assert stage["seconds"] > 0
            assert stage["peak_MB"] > 20  # Python alone takes more
            assert stage["inputs"]
            assert stage["files"]


class TestWhatRunsAgain:
    def test_nothing_where_nothing_changed(self, folder):
        before = contents(folder)
        done = packtool_run("run", folder)
        assert ran(folder) == set()
        assert done.stderr.count("up to date") == len(STAGES)
        assert contents(folder) == before

    def test_a_limit_changes_the_verdict_and_the_report_but_solves_nothing(self, folder):
        before = contents(folder)
        assert packtool_run("run", folder, limits__cell_max_degC="25").returncode == 1
        assert ran(folder) == {"report"}
        (finding,) = [f for f in results(folder)["findings"] if f["rule"] == "thermal.cell-max"]
        assert (finding["limit"], finding["holds"]) == (25, False)
        assert 'failures="0"' not in (folder / "junit.xml").read_text(encoding="utf-8")
        after = contents(folder)
        changed = {name for name in after if after[name] != before.get(name)}
        assert {"results.json", "junit.xml", "findings.sarif"} <= changed
        assert not {name for name in changed if name.startswith(("pack.", "thermal", "stl/", ".packtool", "mesh", "bom", "mass"))}

    def test_the_ambient_changes_the_solution_but_neither_cad_nor_mesh(self, folder):
        before, warmest = value(folder, "heat.ambient"), value(folder, "temperature.cell.max")
        assert would_run(folder, ambient__temperature_degC="55") == {"solve", "report"}
        packtool_run("solve", folder, ambient__temperature_degC="55")
        assert ran(folder) == {"solve"}
        assert value(folder, "heat.ambient") < before  # more comes in, or less goes out
        assert value(folder, "temperature.cell.max") > warmest

    @pytest.mark.parametrize(
        ("key", "new", "stages"),
        [
            ("interface__thickness_mm", "1.5", STAGES),
            ("arrangement__end_plate_mm", "10", STAGES),
            ("cold_plate__flow_lpm", "4", {"solve", "report"}),
            ("cold_plate__inlet_degC", "24", {"solve", "report", "cad"}),  # the CAD's mass sheet weighs the coolant at the inlet
            ("cases__charge_1C__current_A", "100", {"solve", "report"}),
            ("busbars__material", "cu_c11000", STAGES),  # part of the layout
            ("mesh__level", "normal", STAGES - {"cad"}),
            ("limits__cell_max_degC", "40", {"report"}),
            ("description", "other", {"report"}),
        ],
    )
    def test_a_key_reaches_the_stages_that_it_concerns_and_no_others(self, undisturbed, key, new, stages):
        assert would_run(undisturbed, **{key: new}) == stages

    def test_a_changed_file_makes_its_stage_run_and_what_stands_on_it(self, undisturbed, tmp_path):
        for name, stages in {
            "pack.step": {"cad", "report"},
            "stl": {"cad", "report"},
            "pack.msh": {"export-mesh"},
            "mesh.json": {"mesh", "solve", "export-mesh", "report"},
            ".packtool/mesh.npz": {"mesh", "solve", "export-mesh", "report"},
            "thermal-charge_1C.vtu": {"solve", "report"},
            ".packtool/solve.json": {"solve", "report"},
            "report.html": {"report"},
        }.items():
            out = Path(shutil.copytree(undisturbed, tmp_path / name.replace("/", "_")))
            if (out / name).is_dir():
                shutil.rmtree(out / name)
            else:
                (out / name).write_bytes((out / name).read_bytes()[:-9])
            assert would_run(out) == stages, name

    def test_an_altered_file_is_made_anew_as_it_was(self, folder):
        good = (folder / "pack.msh").read_bytes()
        (folder / "pack.msh").write_bytes(b"edited by hand")
        (folder / "results.json").write_text("{}")
        done = packtool_run("run", folder, "-v")
        assert ran(folder) == {"export-mesh"}
        assert "pack.msh was altered" in done.stderr
        assert (folder / "pack.msh").read_bytes() == good
        assert results(folder)["verdict"] in ("pass", "fail")

    def test_a_dry_run_says_the_same(self, undisturbed):
        lines = packtool_run("run", undisturbed, "-n", ambient__temperature_degC="55").stdout.splitlines()
        told = {line.split()[0]: line.partition(" ")[2].strip() for line in lines}
        assert told == {
            "cad": "up to date",
            "mesh": "up to date",
            "solve": "runs: ambient changed",
            "export-mesh": "up to date",
            "report": "runs: the solution changed; the design changed",
        }

    def test_force_runs_what_is_up_to_date(self, undisturbed):
        lines = packtool_run("run", undisturbed, "-n", "--force").stdout.splitlines()
        assert {line.split()[0] for line in lines if line.endswith("runs: --force")} == STAGES


def wait_until(what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def killed(undisturbed, tmp_path_factory):
    """A fresh run whose main process is killed while it solves; what was seen then, and the run after it."""
    out = tmp_path_factory.mktemp("killed") / "out"
    process = subprocess.Popen(command("run", out, "-v"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(iter(process.stderr.readline, "")), daemon=True)
    reader.start()
    solving = f"{out}/.packtool/.part-solve-"
    wait_until(lambda: processes_that_name(solving))
    time.sleep(0.3)
    (solver,) = processes_that_name(solving)
    os.kill(solver, signal.SIGSTOP)  # however quick the machine, it is not done before it is killed
    second = subprocess.run(command("solve", out), capture_output=True, text=True, timeout=60)
    os.kill(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(solver, signal.SIGCONT)
    process.wait()
    reader.join(timeout=30)
    process.stderr.close()
    wait_until(lambda: not processes_that_name(str(out)), 20)
    left = contents(out) | {"said": "".join(said).encode()}
    after = packtool_run("run", out)
    return {"left": left, "second": second, "out": out, "after": after}


class TestAKilledRun:
    def test_was_killed_in_the_middle(self, killed):
        said = killed["left"]["said"].decode()
        assert "heat and coolant" in said
        assert "pictures, report" not in said
        assert "results.json" not in killed["left"]

    def test_leaves_no_half_file_under_a_final_name(self, killed, undisturbed):
        whole = contents(undisturbed)
        left = {name: data for name, data in killed["left"].items() if name != "said" and "/.part-" not in f"/{name}"}
        assert left
        for name, data in left.items():
            assert data == whole[name], name

    def test_the_next_run_keeps_what_was_finished_and_ends_as_if_nothing_had_been(self, killed, undisturbed):
        assert {"solve", "report"} <= ran(killed["out"])
        assert "mesh" not in ran(killed["out"])
        assert (killed["out"] / "results.json").read_bytes() == (undisturbed / "results.json").read_bytes()
        assert not list(killed["out"].rglob(".part-*"))

    def test_a_second_run_in_the_same_folder_is_refused_meanwhile(self, killed):
        assert killed["second"].returncode == 2
        assert re.search(r"another packtool \(process \d+\) is working in", killed["second"].stderr)
        assert killed["second"].stdout == ""

    def test_two_fresh_runs_give_the_same_bytes(self, killed, undisturbed):
        first, second = contents(undisturbed), contents(killed["out"])
        assert set(first) == set(second)
        assert [name for name in first if first[name] != second[name]] == []


class TestNothingOutdatedStays:
    """What a run leaves speaks of its own design, also where it fails or leaves later stages out."""

    @pytest.fixture
    def out(self, tmp_path):
        folder = tmp_path / "out"
        packtool_run("solve", folder)
        return folder

    def test_a_failed_run_leaves_no_old_verdict(self, out):
        verdict = (out / "results.json").read_bytes()
        packtool_run("mesh", out, "--format", "cdb")  # what it rests on stays as it is
        assert (out / "results.json").read_bytes() == verdict
        too_slow = command("solve", out, cold_plate__flow_lpm="0.002", ambient__temperature_degC="120")  # the coolant boils
        failed = subprocess.run(too_slow, capture_output=True, text=True, timeout=120)
        assert failed.returncode == 4, failed.stderr
        assert "cold_plate.flow_lpm: case charge_1C: " in failed.stderr
        assert not any((out / name).exists() for name in ("results.json", "junit.xml", "findings.sarif", "run.json"))

    def test_a_solve_takes_away_the_report_of_another(self, out):
        packtool_run("run", out)
        assert (out / "report.html").exists()
        packtool_run("solve", out, ambient__temperature_degC="30")
        assert not (out / "report.html").exists()
        assert not list((out / "report").glob("*.png"))
        assert (out / "pack.step").exists()  # the CAD does not depend on the ambient

    def test_a_case_that_is_gone_takes_its_files_with_it(self, out):
        assert (out / "thermal-charge_1C.vtu").exists()
        packtool_run("solve", out, cases="{cruise: {kind: steady, current_A: 88, direction: discharge}}")
        assert (out / "thermal-cruise.vtu").exists()
        assert not (out / "thermal-charge_1C.vtu").exists()
