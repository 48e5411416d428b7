"""A cell from a BPX file (Battery Parameter eXchange): its capacity, voltage window, mass and heat capacity.

BPX 1.x has no outer dimensions, no nominal voltage, no thermal conductivity by direction and no resistance: the design adds them
(``cell: {bpx: FILE, width_mm: ...}``). Files of version 0.x are read as far as the ``bpx`` library converts them.
"""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from packtool.catalogue.records import Cell, CellFormat, Figure
from packtool.errors import MissingPart, UsageError

_ELECTRODES = ("Negative electrode", "Positive electrode")
_POTENTIALS = ("OCP [V]", "OCP (delithiation) [V]", "OCP (lithiation) [V]")
MAX_FIGURE = 1e9
"""No figure of a cell is larger in BPX's units; a slip, infinity or NaN is."""
_LUMPED_K = "Thermal conductivity [W.m-1.K-1]"


class BpxError(UsageError):
    """A BPX file cannot be used; the message names the file and the reason."""


def cell_from_bpx(path: Path, cell_format: CellFormat = "prismatic") -> Cell:
    """The cell that the BPX file at ``path`` (JSON or YAML) describes; ``cell_format`` is the caller's, BPX does not tell it.

    Figures that the file does not hold stay None. The mass is density times volume. Raises BpxError if the file cannot be read,
    is not valid BPX, or has a cell block with impossible figures; MissingPart if the ``bpx`` library is not installed.
    """
    raw = _read(path)
    cell, converted = _validated(path, raw)
    given = {
        "capacity_Ah": cell.nominal_cell_capacity,
        "v_min": cell.lower_voltage_cutoff,
        "v_max": cell.upper_voltage_cutoff,
        "cp_J_kgK": cell.specific_heat_capacity,
    }
    positive = {**given, "density": cell.density, "volume": cell.volume}
    wrong = [
        f"{name} = {str(value)[:40]} is not a number between 0 and 1e9"
        for name, value in positive.items()
        if value is not None and not 0 < value < MAX_FIGURE
    ]
    if not wrong and not given["v_min"] < given["v_max"]:
        wrong.append(f"lower voltage cut-off {given['v_min']:g} V is not below the upper one, {given['v_max']:g} V")
    if wrong:
        raise BpxError(f"{path}: " + "; ".join(wrong))
    source = (path.name,)
    figures = {
        name: Figure(value=float(value), standing="given", sources=source) for name, value in given.items() if value is not None
    }
    if cell.density is not None and cell.volume is not None:
        note = f"density {cell.density:g} kg/m3 x volume {cell.volume:g} m3"
        figures["mass_kg"] = Figure(value=float(cell.density * cell.volume), standing="derived", sources=source, note=note)
    return Cell(
        id=path.stem,
        name=_title(raw) or path.stem,
        format=cell_format,
        sources=source,
        note=". ".join(_remarks(raw, cell, converted)),
        **figures,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: bytes that are no UTF-8; a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else f"it is no UTF-8 text or no file name ({error})"
        raise BpxError(f"{path}: cannot be read as a BPX file: {reason}") from error
    try:
        raw = yaml.safe_load(text) if path.suffix in (".yml", ".yaml") else json.loads(text)
    except json.JSONDecodeError as error:
        raise BpxError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except yaml.YAMLError as error:
        raise BpxError(f"{path}: not YAML: {error}") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits; nested without end
        raise BpxError(f"{path}: cannot be read as a BPX file: {error}") from error
    if not isinstance(raw, dict):
        raise BpxError(f"{path}: not a BPX file: the top level must be a mapping with Header and Parameterisation")
    for section in ("Header", "Parameterisation"):
        if not isinstance(raw.get(section), dict):
            raise BpxError(f"{path}: not a BPX file: {section} is missing or not a mapping")
    for section, block in raw["Parameterisation"].items():
        if not isinstance(block, dict):
            raise BpxError(f"{path}: not valid BPX: Parameterisation.{section} must be a mapping")
    return raw


def _validated(path: Path, raw: dict[str, Any]) -> tuple[Any, bool]:
    """The library's cell block of ``raw``, and whether the library converted it from version 0.x."""
    checked = copy.deepcopy(raw)
    try:
        with warnings.catch_warnings(record=True) as caught:  # of the library's own dependencies, and of its conversion
            warnings.simplefilter("always")
            import bpx

            _disarm(path, checked, bpx.Function.validate)
            parameters = bpx.parse_bpx_obj(checked).parameterisation
    except ImportError as error:
        raise MissingPart(f"reading {path} needs the bpx package", "pip install 'bpx>=1.1,<2'") from error
    except ValidationError as error:
        reasons = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}".lstrip(": ") for e in error.errors(include_url=False)]
        raise BpxError(f"{path}: not valid BPX {_version(raw)}: " + "; ".join(reasons)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BpxError(f"{path}: not valid BPX: {error}") from error
    if parameters.cell is None:
        raise BpxError(f"{path}: Parameterisation.Cell is missing: there is nothing to take from this file")
    return parameters.cell, any(
        issubclass(warning.category, UserWarning) and "legacy" in str(warning.message) for warning in caught
    )


def _disarm(path: Path, raw: dict[str, Any], check: Callable[[str], object]) -> None:
    """Check the spelling of potentials given as expressions, then put a table in their place.

    bpx 1.1 would write such an expression to a temporary file and execute it to compare voltages; the potentials are of no use
    here, and a file that somebody sent must not run.
    """
    for name in _ELECTRODES:
        electrode = raw["Parameterisation"].get(name, {})
        for potential in _POTENTIALS:
            if isinstance(electrode.get(potential), str):
                try:
                    check(electrode[potential])
                except ValueError as error:
                    raise BpxError(f"{path}: not valid BPX: {name}.{potential}: {error}") from error
                electrode[potential] = {"x": [0.0, 1.0], "y": [0.0, 0.0]}


def _title(raw: dict[str, Any]) -> str:
    return str(raw["Header"].get("Title") or "").strip()


def _version(raw: dict[str, Any]) -> str:
    return str(raw["Header"].get("BPX", ""))


def _remarks(raw: dict[str, Any], cell: Any, converted: bool) -> list[str]:
    remarks = [f"from a BPX {_version(raw)} file" + (", converted to 1.x by the bpx library" if converted else "")]
    if cell.volume is not None:
        remarks.append(f"volume {cell.volume:g} m3")
    if cell.external_surface_area is not None:
        remarks.append(f"outer surface {cell.external_surface_area:g} m2")
    parameters = raw["Parameterisation"]
    lumped = parameters["Cell"].get(_LUMPED_K, (parameters.get("User-defined") or {}).get(_LUMPED_K))
    if lumped is not None:
        remarks.append(f"its lumped thermal conductivity, {lumped} W/m/K, tells no direction and is not used")
    return remarks
