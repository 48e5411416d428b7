"""`packtool calibrate plate`: what finite elements say of a plate, for its network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packtool.cli.check import loaded_design
from packtool.cli.console import AsJson, DesignFile, Quiet, Sets, app, cache_dir, note, print_json, say
from packtool.errors import DesignError, UsageError

if TYPE_CHECKING:
    from packtool.design.loaded import LoadedDesign
    from packtool.design.schema.calibration import PlateCalibration
    from packtool.layout.records import Layout

calibrate = typer.Typer(
    help="Finite elements find out once what the quick models then use.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(calibrate, name="calibrate")


@calibrate.command()
def plate(
    design: DesignFile,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The calibration (JSON).", show_default=False)],
    flows: Annotated[
        str | None,
        typer.Option(
            "--flows",
            metavar="A,B",
            help="Flows in L/min, 2 to 20; default: 0.3, 0.65 and 1.3 of the design's, if laminar.",
            show_default=False,
        ),
    ] = None,
    sets: Sets = None,
    force: Annotated[bool, typer.Option("--force", help="Solve, even if FILE is up to date.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Losses and films of a cold plate by finite elements (minutes).

    The design then names the file: cold_plate.calibration. Laminar flow.
    """
    from packtool.artifacts import write_text
    from packtool.coldplate.flow3d.calibrate import calibrate_plate, calibration_inputs, default_flows
    from packtool.design.calibration_file import calibration_text
    from packtool.fem.start import use_cache
    from packtool.layout.complaints import said_at_its_key

    if out.is_dir():
        raise UsageError(f"{out} is a folder; -o wants a file, such as {out / 'plate.json'}")
    asked = _asked_flows(flows)
    loaded, layout = _design(design, sets or [])
    if loaded.design.cold_plate is None:
        raise UsageError(f"{design} has no cold_plate")
    with said_at_its_key(loaded):
        chosen = asked or default_flows(loaded, layout)
    found = None if force else _standing(out, calibration_inputs(loaded, layout, chosen), need_all=asked is not None)
    if found is not None:
        if not quiet:
            note(f"{out} is up to date")
    else:
        _make_place(out)
        use_cache(cache_dir())
        with said_at_its_key(loaded):
            found = calibrate_plate(loaded, layout, chosen, (lambda _: None) if quiet else note, need_all=asked is not None)
        write_text(out, calibration_text(found))
    if as_json:
        print_json("packtool/calibrate/1", {"file": str(out), **found.model_dump(mode="json", exclude={"schema_"})})
    elif not quiet:
        say(_table(found))
        note(f"{out}: name it in the design, cold_plate.calibration: {Path(os.path.relpath(out, design.parent)).as_posix()}")


def _design(design: Path, sets: list[str]) -> tuple[LoadedDesign, Layout]:
    """The design; one that names a calibration that is not there yet, or of another plate, without it."""
    try:
        loaded, layout, _ = loaded_design(design, sets)
    except DesignError as why:
        if not any(complaint.key == "cold_plate.calibration" for complaint in why.complaints):
            raise
        loaded, layout, _ = loaded_design(design, [*sets, "cold_plate.calibration=null"])
    return loaded, layout


def _make_place(out: Path) -> None:
    """The folder of ``out``: what cannot be written is said before the solve, not after."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}; -o wants another place") from None
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise UsageError(f"{out} cannot be written: no permission; -o wants another place")


def _asked_flows(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"--flows wants numbers in L/min with commas between, as in 0.5,1,2; got {text!r}") from None


def _standing(out: Path, inputs: dict[str, object], need_all: bool) -> PlateCalibration | None:
    """The calibration in ``out``, where it was made from the same: unless ``need_all``, flows that were left out then count as done."""
    from packtool.design.calibration_file import read_calibration

    found = read_calibration(out)
    if isinstance(found, str):
        if out.exists() and "packtool/plate-calibration/" not in out.read_text(encoding="utf-8", errors="replace")[:400]:
            raise UsageError(f"{out} is there already and is no calibration: -o wants another name (or --force)")
        return None
    done = {found.flows_lpm} if need_all else {found.flows_lpm, found.flows_lpm + found.left_out_lpm}
    same = inputs["flows_lpm"] in done and all(getattr(found, key) == inputs[key] for key in set(inputs) - {"flows_lpm"})
    return found if same else None


def _table(found: PlateCalibration) -> str:
    lines = [f"{'L/min':>7}{'Re':>7}{'drop Pa':>10}{'+-':>7}{'wall rise K':>13}{'+-':>7}"]
    rows = zip(
        found.flows_lpm,
        found.Re,
        found.pressure_drop_Pa,
        found.pressure_drop_error,
        found.wall_rise_K,
        found.wall_rise_error_K,
        strict=True,
    )
    for flow, Re, drop, error, rise, rise_error in rows:
        lines.append(f"{flow:7.3g}{Re:7.0f}{drop:10.1f}{drop * error:7.1f}{rise:13.2f}{rise_error:7.2f}")
    lines.append(f"{len(found.branches)} branches; walls under {found.flux_W_m2:g} W/m2")
    return "\n".join(lines)
