"""Seconds, memory and file sizes of the CAD of large packs, as JSON: 200 prismatic cells with enclosure; 4,416 cells of 21 x 70 mm with
holders and ribbons, once as the template car-21700 is (46 cells a row, alternating poles), once with 96 a row, all poles up, windows in two
layers of busbars, and a bolted lid.

python benchmarks/cad.py [-o FILE] [--only prismatic-200|cylindrical-4416|cylindrical-4416-windows]

Each pack is one `packtool cad` in a process of its own, imports included; the STEP is read back once more in a fresh process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRISMATIC = """
packtool: 1
name: prismatic-200
cell: {like: calb-lfp176, resistance_like: calb-ca180fi}
electrical: {series: 200, parallel: 1}
arrangement: {pattern: rows, rows: 10, cells_per_row: 20, cell_gap_mm: 1.5, gap_material: pu_foam_compression_pad, row_gap_mm: 12,
              end_plate_mm: 20, end_plate_material: al_6061_t6}
interface: {material: gap_filler_2p0, thickness_mm: 1.0}
cold_plate: {type: parallel, passes: 2, channels: 20, channel_width_mm: 16, channel_height_mm: 3, thickness_mm: 6, material: al_3003_o,
             coolant: meg50, flow_lpm: 30, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 3, width_mm: 40}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, bolt: M6}
ambient: {temperature_degC: 45, natural_convection_W_m2K: 5, emissivity: 0.8}
cases: {charge: {kind: steady, current_A: 100}}
"""
WINDOWS = """
packtool: 1
name: cylindrical-4416-windows
cell: {name: "21700", format: cylindrical, chemistry: NMC, diameter_mm: 21, height_mm: 70, mass_kg: 0.069, capacity_Ah: 4.8,
       v_nom: 3.65, resistance_mOhm: 25, cp_J_kgK: 1000, k_axial_W_mK: 25, k_radial_W_mK: 1}
electrical: {series: 96, parallel: 46}
arrangement: {pattern: hexagonal, rows: 46, cells_per_row: 96, cell_gap_mm: 1.0, polarity: up,
              holder: {material: al_6061_t6, thickness_mm: 6}}
interface: {material: gap_filler_2p0, thickness_mm: 0.5}
cold_plate: {type: ribbon, contact_angle_deg: 50, thickness_mm: 2.5, wall_mm: 0.5, ports: 5, web_mm: 1.0, material: al_3003_o,
             coolant: meg50, flow_lpm: 30, inlet_degC: 22}
busbars: {material: al_1060_busbar, thickness_mm: 1}
enclosure: {material: al_6061_t6, wall_mm: 3, flange_mm: 25, lid_mm: 1.5, bolt: M6}
ambient: {temperature_degC: 45, natural_convection_W_m2K: 5, emissivity: 0.8}
cases: {drive: {kind: steady, current_A: 100}}
"""
CAR = (ROOT / "templates" / "car-21700.yaml").read_text(encoding="utf-8")
PACKS = {"prismatic-200": PRISMATIC, "cylindrical-4416": CAR, "cylindrical-4416-windows": WINDOWS}
CYLINDRICAL_GOALS = {"wall_s_at_most": 25, "step_MB_at_most": 1.0, "read_back_s_at_most": 2.0, "peak_MB_at_most": 2000}
GOALS = {
    "prismatic-200": {"wall_s_at_most": 15, "peak_MB_at_most": 2000},
    "cylindrical-4416": CYLINDRICAL_GOALS,
    "cylindrical-4416-windows": CYLINDRICAL_GOALS,
}
READ = "import sys, time; from pathlib import Path; from packtool.cad.step import read_step; t = time.process_time(); n = len(read_step(Path(sys.argv[1]))); print(n, time.process_time() - t)"


def measured(command: list[str]) -> dict[str, float]:
    """Wall and CPU seconds and peak memory (largest single process, MB) of one whole process and its children."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall_s": time.monotonic() - began, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_MB": usage.ru_maxrss / 1024,
        "exit": process.returncode,
    }  # fmt: skip


def pack(name: str, text: str, scratch: Path) -> dict[str, object]:
    """`packtool cad` of one pack: the whole command, each step of the stage, the files, and the STEP read back."""
    design, out = scratch / f"{name}.yaml", scratch / name
    design.write_text(text, encoding="utf-8")
    whole = measured([sys.executable, "-m", "packtool", "cad", str(design), "-o", str(out), "-q"])
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))["stages"]["cad"]
    report = record["report"]
    read = subprocess.run(
        [sys.executable, "-c", READ, str(out / "pack.step")], capture_output=True, text=True, check=True, cwd=ROOT
    )
    parts, seconds = read.stdout.split()
    return {
        "command": whole,
        "stage_peak_MB": record["peak_MB"],
        "parts": report["parts"],
        "products": report["products"],
        "findings": len(report["findings"]),
        "seconds": {step: round(value, 3) for step, value in report["seconds"].items()},
        "step_read_back": {"parts": int(parts), "cpu_s": float(seconds)},
        "file_MB": {file.name: round(file.stat().st_size / 1e6, 3) for file in sorted(out.glob("pack.*"))},
        "goals": GOALS[name],
    }


def main() -> None:
    """Measure and write."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("-o", "--out", type=Path)
    arguments.add_argument("--only", choices=sorted(PACKS))
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        packs = {name: pack(name, text, Path(scratch)) for name, text in PACKS.items() if asked.only in (None, name)}
    result = {
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
        "packs": packs,
    }
    text = json.dumps(result, indent=2)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
