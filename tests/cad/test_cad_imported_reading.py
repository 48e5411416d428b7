"""STEP files as the CAD reads them: units, several solids, those that overlap; what is no solid part is refused."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from imported_packs import KG_MM3, alone, built, pack
from step_shapes import BRACKET_MM3, a_face, box, bracket, cylinder, entry, together, write_step

import packtool.cad.imported as importing

pytestmark = pytest.mark.cad


@pytest.mark.parametrize("unit", ["INCH", "M"])
def test_the_files_units_become_millimetres(tmp_path: Path, unit: str) -> None:
    path = write_step(tmp_path / "in other units.step", bracket(), unit)
    report = built(alone(entry(path, "one")), tmp_path)
    assert report.volumes[0].cad_mm3 == pytest.approx(BRACKET_MM3, rel=1e-9)


def test_all_solids_of_a_file_are_one_part_and_that_is_said(tmp_path: Path) -> None:
    path = write_step(tmp_path / "pair.step", together(box(0, 0, 0, 10, 10, 10), box(20, 0, 0, 30, 10, 10), a_face(bracket())))
    report = built(alone(entry(path, "pair")), tmp_path, formats=("step", "stl", "glb"))
    assert report.parts == 1
    assert report.mass["mass_kg"] == pytest.approx(2000 * KG_MM3, rel=1e-9)
    (note,) = report.findings
    assert (note.kind, note.severity) == ("import", "note")
    assert "its 2 solids are one part; a surface that is no solid is left out" in note.message


def test_solids_of_one_file_that_overlap_count_once_and_are_named_with_place_and_volume(tmp_path: Path) -> None:
    # a plate, a pin of r 4 mm pressed 6 mm deep into it, and a boss that only stands on it
    path = write_step(
        tmp_path / "pressed.step", together(box(0, 0, -10, 60, 40, 6), cylinder(20, 20, 4, 30), box(40, 5, 6, 50, 15, 20))
    )
    report = built(alone(entry(path, "pressed", (100, 0, 0))), tmp_path, formats=("step", "stl"))
    overlap, note = report.findings  # neither round trip nor volume: all exports have the same, whole shape
    assert (overlap.kind, overlap.severity, overlap.parts, overlap.unit) == ("import_overlap", "warning", ("pressed",), "mm3")
    assert overlap.value == pytest.approx(math.pi * 16 * 6, rel=1e-9)
    assert "its solids 1 and 2 claim the same 301.6 mm³, from (16, 16, 0) to (24, 24, 6) mm of the file" in overlap.message
    assert note.kind == "import"
    filled = 60 * 40 * 16 + math.pi * 16 * 24 + 10 * 10 * 14
    assert report.mass["mass_kg"] == pytest.approx(filled * KG_MM3, rel=1e-9)
    moment = 60 * 40 * 16 * -2 + math.pi * 16 * 24 * 18 + 10 * 10 * 14 * 13
    assert report.mass["centre_of_gravity_mm"][2] == pytest.approx(moment / filled, abs=1e-9)
    (volume,) = report.volumes
    assert volume.cad_mm3 == pytest.approx(filled, rel=1e-9)


def test_of_solids_that_overlap_by_way_of_others_nothing_counts_twice(tmp_path: Path) -> None:
    twice = box(0, 0, 0, 10, 10, 10)  # drawn twice, a third runs into both, a fourth into the third only; the last is alone
    solids = twice, box(0, 0, 0, 10, 10, 10), box(5, 0, 0, 25, 10, 10), box(24, 0, 0, 30, 10, 10), box(50, 0, 0, 51, 1, 1)
    path = write_step(tmp_path / "chain.step", together(*solids))
    report = built(alone(entry(path, "chain")), tmp_path, formats=("step",))
    overlaps = [finding for finding in report.findings if finding.kind == "import_overlap"]
    assert [finding.value for finding in overlaps] == pytest.approx([1000, 500, 500, 100], rel=1e-9)
    assert report.mass["mass_kg"] == pytest.approx((30 * 10 * 10 + 1) * KG_MM3, rel=1e-9)
    assert {finding.kind for finding in report.findings} == {"import_overlap", "import"}


def test_of_very_many_overlaps_the_largest_are_told_one_by_one(tmp_path: Path) -> None:
    pins = [cylinder(10 * i, 5, 2, 10 + i) for i in range(1, 9)]
    path = write_step(tmp_path / "comb.step", together(box(0, 0, 8, 100, 10, 30), *pins))
    found = [f for f in built(alone(entry(path, "comb")), tmp_path).findings if f.kind == "import_overlap"]
    assert [finding.value for finding in found] == pytest.approx([math.pi * 4 * (2 + i) for i in (8, 7, 6, 5, 4)], rel=1e-9)
    assert found[-1].message.endswith(f"and 3 more such pairs of solids, {math.pi * 4 * (3 + 4 + 5):.4g} mm³")


def test_a_solid_that_the_kernel_cannot_read_is_not_lost_in_silence(tmp_path: Path) -> None:
    path = write_step(tmp_path / "half.step", together(box(0, 0, 0, 10, 10, 10), box(20, 0, 0, 30, 10, 10)))
    text = path.read_text()
    first = text.index("CLOSED_SHELL(")
    path.write_text(text[:first] + "CLOSED_SHELX(" + text[first + len("CLOSED_SHELL(") :])
    (finding,) = built(alone(entry(path, "half")), tmp_path).findings
    assert (finding.kind, finding.severity, finding.value) == ("import_incomplete", "warning", 1)


def refusal(path: Path, folder: Path) -> str:
    with pytest.raises(importing.UnreadableParts) as refused:
        built(pack(entry(path, "it")), folder, formats=("step",))
    assert not (folder / "pack.step").exists()
    ((file, reason),) = refused.value.reasons.items()
    assert file == path.name
    return reason


def test_a_file_without_a_readable_shape_is_refused(tmp_path: Path, step: Path) -> None:
    path = tmp_path / "broken.step"
    path.write_text(step.read_text().replace("MANIFOLD_SOLID_BREP('',#", "MANIFOLD_SOLID_BREP('',#9", 1))
    assert "nothing in it that the CAD kernel can make a shape of" in refusal(path, tmp_path)


def test_a_file_of_surfaces_is_refused(tmp_path: Path) -> None:
    path = write_step(tmp_path / "skin.step", a_face(bracket()))
    assert "there is no solid in it, only 1 surface; in the CAD program knit" in refusal(path, tmp_path)


def test_a_part_longer_than_any_pack_is_refused(tmp_path: Path) -> None:
    path = write_step(tmp_path / "long.step", box(0, 0, 0, 25_400, 10, 10))
    assert "25400 mm long, longer than 20000 mm" in refusal(path, tmp_path)


def test_a_file_that_changed_since_it_was_named_is_refused(tmp_path: Path, step: Path) -> None:
    stale = replace(entry(step, "it"), sha256="0" * 64)
    with pytest.raises(importing.UnreadableParts, match="has changed since the design was loaded"):
        built(pack(stale), tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"crashed on it \(signal 11\)"),
        ("import time; time.sleep(60)", "not done reading it in 1 s"),
        ("raise SystemExit('no such library')", "failed on it: no such library"),
    ],
)
def test_a_kernel_that_goes_down_takes_nobody_with_it(
    tmp_path: Path, step: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(body)
    monkeypatch.setattr(importing, "CHILD", child)
    monkeypatch.setattr(importing, "TIME_LIMIT_S", 1.0)
    with pytest.raises(importing.UnreadableParts, match=words):
        built(pack(entry(step, "it")), tmp_path)


def test_the_reader_ends_by_itself_where_whoever_started_it_is_gone(tmp_path: Path) -> None:
    """Loading the kernel alone takes most of a second of CPU, so that its allowance of one is used up at once or soon after."""
    task = {"path": str(tmp_path / "endless.step"), "sha256": "", "tilts": [], "cpu_s": 1}
    waits = "import resource, runpy, sys; resource.setrlimit = lambda *limit, set=resource.setrlimit: (set(*limit), [0 for _ in iter(int, 1)])"
    command = [
        sys.executable,
        "-c",
        f"{waits}; sys.argv = ['', 'x']; runpy.run_path({str(importing.CHILD)!r}, run_name='__main__')",
    ]
    done = subprocess.run(command, input=json.dumps(task), text=True, capture_output=True, timeout=60, check=False)
    assert -done.returncode in (signal.SIGXCPU, signal.SIGKILL), done.stderr
