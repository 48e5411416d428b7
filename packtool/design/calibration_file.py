"""The calibration file that a design's cold plate names: written, read and checked; whether it is of this plate, the layout says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from packtool.design.document import Document, KeyPath
from packtool.design.schema.calibration import METHOD, PlateCalibration
from packtool.design.values import Values

KEY: KeyPath = ("cold_plate", "calibration")
MAX_MB = 20
"""Largest file that is taken: a plate of 40 channels at 20 flows has 2 MB."""
AGAIN = "write it again with `packtool calibrate plate`"


def calibration_of(values: Values, document: Document, folder: Path) -> PlateCalibration | None:
    """What ``cold_plate.calibration`` names, its path relative to ``folder``; None without one, or with a complaint to ``document``."""
    name = values.at(*KEY)
    if not isinstance(name, str):
        return None
    path = folder / name.strip()
    found = read_calibration(path)
    if isinstance(found, PlateCalibration):
        return found
    document.complain(KEY, found)
    return None


def read_calibration(path: Path) -> PlateCalibration | str:
    """The file at ``path``, or what is wrong with it."""
    try:
        if not path.exists():
            return f"there is no file {path}: `packtool calibrate plate DESIGN -o {path.name}` writes it"
        if not path.is_file():
            return f"{path} is no ordinary file"
        if path.stat().st_size > MAX_MB * 1_000_000:
            return f"{path} has more than {MAX_MB} MB: it is no calibration of a plate"
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError) as error:
        return f"{path} is no JSON ({str(error)[:80]}): {AGAIN}"
    if not isinstance(data, dict) or data.get("$schema") != "packtool/plate-calibration/1":
        return f"{path} is no calibration of a plate: {AGAIN}"
    if data.get("method") != METHOD:
        return f"{path} was made by method {data.get('method')!r} of another packtool, this one knows {METHOD}: {AGAIN}"
    digest = data.pop("digest", None)
    try:
        calibration = PlateCalibration.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        return f"{path}: {where + ': ' if where else ''}{first['msg']}: {AGAIN}"
    if digest != _digest(data):
        return f"{path} is not as packtool wrote it: a part was lost or changed since: {AGAIN}"
    return calibration


def calibration_text(calibration: PlateCalibration) -> str:
    """The file of ``calibration``; ``digest`` in it is the SHA-256 of all the rest, so that what was damaged since is refused."""
    data = json.loads(calibration.model_dump_json(by_alias=True))
    return json.dumps({**data, "digest": _digest(data)}, indent=1) + "\n"


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
