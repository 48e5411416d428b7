"""Whether a stage's files in the run folder are still those of its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packtool.artifacts import file_hash, write_json

HIDDEN = ".packtool"
"""Folder inside the run folder that holds what the stages keep for each other."""


@dataclass(frozen=True)
class StageRecord:
    """What a finished stage leaves behind; written last, so its presence means that every file before it is whole.

    ``inputs`` maps what the stage was made from to its hash; ``files`` maps each file written (relative to the run folder) to its
    hash; ``report`` is the stage's own summary (JSON-like).
    """

    stage: str
    inputs: Mapping[str, str]
    files: Mapping[str, str]
    seconds: float
    cpu_seconds: float
    peak_MB: float
    report: Mapping[str, Any]


def record_path(folder: Path, stage: str) -> Path:
    """Where the record of ``stage`` stands."""
    return folder / HIDDEN / f"{stage}.json"


def read_record(folder: Path, stage: str) -> StageRecord | None:
    """The record of a finished stage; None if there is none or it cannot be read (then the stage simply runs again)."""
    try:
        record = StageRecord(**json.loads(record_path(folder, stage).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    whole = all(isinstance(part, dict) for part in (record.inputs, record.files, record.report))
    return record if whole else None


def write_record(folder: Path, record: StageRecord) -> None:
    """Leave the record; call it after every file of the stage has its final name."""
    write_json(record_path(folder, record.stage), asdict(record))


def forget(folder: Path, stage: str) -> None:
    """Remove the record before a stage runs, so that a kill in the middle cannot leave old record and new files together."""
    record_path(folder, stage).unlink(missing_ok=True)


def hashes_of(folder: Path, files: Sequence[str]) -> dict[str, str]:
    """Hash of each of ``files``, given relative to the run folder."""
    return {name: file_hash(folder / name) for name in sorted(files)}


def reasons_to_run(folder: Path, stage: str, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Why ``stage`` has to run, in words; empty if its files in ``folder`` are those of ``inputs``."""
    record = read_record(folder, stage)
    if record is None:
        return ("no finished result in this folder",)
    changed = [name for name, digest in inputs.items() if name in record.inputs and record.inputs[name] != digest]
    appeared = [name for name in inputs if name not in record.inputs]
    gone = [name for name in record.inputs if name not in inputs]
    reasons = (
        [f"{name} changed" for name in changed] + [f"{name} is new" for name in appeared] + [f"{name} was removed" for name in gone]
    )
    for name, digest in record.files.items():
        path = folder / name
        if not path.is_file():
            reasons.append(f"{name} is missing")
        elif file_hash(path) != digest:
            reasons.append(f"{name} was altered")
    return tuple(reasons)
