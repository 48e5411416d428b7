"""Seconds and memory of the main job and of the quick commands, as JSON on standard output.

python benchmarks/spine.py [-o FILE] [--runs 3]

Quick commands are measured in user + system CPU, as the median of the runs and as a ratio to importing typer, pydantic and yaml in the
same round (the machine's speed drifts). The demo runs cold (empty run folder; forms compiled anew with --cold-forms) and again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUS = ROOT / "templates" / "bus-lfp.yaml"
BASE = [sys.executable, "-c", "import typer, pydantic, yaml"]
QUICK = {
    "help": [sys.executable, "-m", "packtool", "--help"],
    "check": [sys.executable, "-m", "packtool", "check", str(BUS)],
}


def measured(command: list[str], environment: dict[str, str] | None = None) -> dict[str, float]:
    """Wall and CPU seconds and peak memory (largest single process, MB) of one whole process and its children."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "wall_s": time.monotonic() - began,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_MB": usage.ru_maxrss / 1024,
        "exit": process.returncode,
    }


def quick_commands(runs: int) -> dict[str, object]:
    """CPU of the quick commands against the import of what they stand on."""
    rounds = []
    for number in range(runs + 1):
        base = measured(BASE)["cpu_s"]
        row = {"base_cpu_s": base} | {name: measured(command) for name, command in QUICK.items()}
        if number:  # the first warms the file cache
            rounds.append(row)
    return {
        "base_cpu_s": statistics.median(r["base_cpu_s"] for r in rounds),
        **{
            name: {
                "cpu_s": statistics.median(r[name]["cpu_s"] for r in rounds),
                "ratio": statistics.median(r[name]["cpu_s"] / r["base_cpu_s"] for r in rounds),
                "exit": rounds[-1][name]["exit"],
            }
            for name in QUICK
        },
    }


def demo(cold_forms: bool) -> dict[str, object]:
    """The bus pack, cold and when nothing changed, with what each stage took."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = dict(os.environ)
        if cold_forms:
            environment["PACKTOOL_CACHE"] = str(Path(scratch) / "cache")
        out = Path(scratch) / "out"
        command = [sys.executable, "-m", "packtool", "run", str(BUS), "-o", str(out), "-q"]
        cold = measured(command, environment)
        record = json.loads((out / "run.json").read_text())
        stages = {
            name: {key: stage[key] for key in ("seconds", "cpu_seconds", "peak_MB")} for name, stage in record["stages"].items()
        }
        return {"forms_compiled": cold_forms, "cold": cold, "nothing_changed": measured(command, environment), "stages": stages}


def main() -> None:
    """Measure and write."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("-o", "--out", type=Path)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--cold-forms", action="store_true", help="compile every form anew")
    chosen = arguments.parse_args()
    result = {
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
        "quick": quick_commands(chosen.runs),
        "demo": demo(chosen.cold_forms),
        "goals": {
            "quick_ratio_at_most": 3.0,
            "demo_cold_wall_s_at_most": 90,
            "nothing_changed_wall_s_at_most": 5,
            "peak_MB_below": 3000,
        },
    }
    text = json.dumps(result, indent=2)
    if chosen.out:
        chosen.out.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
