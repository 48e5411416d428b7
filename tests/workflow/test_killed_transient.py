"""`packtool solve` of a case over time, killed with SIGKILL on its way: the next one goes on, and leaves the same files byte by byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

DESIGN = """\
packtool: 1
name: killed
cell: {like: eve-lf105, resistance_mOhm: 0.5}
electrical: {series: 4}
arrangement: {rows: 1, cells_per_row: 4, cell_gap_mm: 1.5, gap_material: pu_foam_compression_pad, row_gap_mm: 10, end_plate_mm: 8}
busbars: {material: al_1060_busbar, thickness_mm: 2, width_mm: 20}
enclosure: {material: al_6061_t6, wall_mm: 2, clearance_mm: 5, headroom_mm: 20, lid_mm: 1.5}
ambient: {temperature_degC: 5}
heaters: {pads: {place: sides, power_W: 80, on_below_degC: 8, off_above_degC: 9}}
cases:
  ride: {kind: transient, duty: {time_s: [0, 2, 4, 40, 60, 61, 90, 200], current_A: [90, 20, -40, 150, 0, 80, 10, 0]}, output_every_s: 10, heaters: [pads]}
mesh: {level: coarse}
"""
FILES = ("results.json", "series-ride.csv", "electrical-ride.csv", "thermal-ride/0007.vtu", "thermal-ride/0020.vtu")


def solve(folder, out, **how):
    command = [sys.executable, "-m", "packtool", "solve", "design.yaml", "-o", out, "-q"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)


@pytest.mark.fem
@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    (tmp_path / "design.yaml").write_text(DESIGN)
    whole = solve(tmp_path, "whole")
    assert whole.wait(600) == 0
    victim = solve(tmp_path, "part", start_new_session=True)
    state = tmp_path / "part" / ".packtool" / "checkpoint-ride-0"
    until = time.monotonic() + 300
    while not state.is_file() and victim.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait(60)
    assert state.is_file()  # it was on its way, and
    assert not (tmp_path / "part" / "results.json").exists()  # had not arrived
    again = solve(tmp_path, "part")
    assert again.wait(600) == 0
    for name in FILES:
        assert (tmp_path / "part" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert not state.exists()
