"""The state of a march in time: what a checkpoint keeps."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from packtool.artifacts import replacing
from packtool.errors import SolveError
from packtool.mesh.records import Floats
from packtool.thermal.general.stepping import Step
from packtool.thermal.general.system import System
from packtool.thermal.step_control import StepControl
from packtool.thermal.stepping import WEIGHTS

_CONTROL = ("dt", "after_jump", "jumped", "rejected")
"""What a checkpoint keeps of the step control."""


@dataclass
class March:
    """Where a march is: ``t`` [s], ``T`` (n,) [K], its step control, what has been recorded, and joules so far."""

    T: Floats
    control: StepControl
    means: list[Floats]
    powers: list[Floats]
    sensed: list[list[float]]
    t: float = 0.0
    pace: Floats = field(default_factory=lambda: np.zeros(0))
    steps: list[float] = field(default_factory=lambda: [0.0])
    outputs: list[Floats] = field(default_factory=list)
    made: float = 0.0
    stored: float = 0.0
    out: dict[str, float] = field(default_factory=dict)

    def add(self, system: System, step: Step, dt: float) -> None:
        """Add the joules of an accepted step from ``T``."""
        gained = system.storage.stored(step.T, self.T)
        self.stored += float(gained.sum())
        arriving = np.zeros(system.n)
        for weight, heat in zip(WEIGHTS, step.stages, strict=True):
            self.made += dt * weight * float(heat.power.sum())
            arriving += dt * weight * heat.residual
            for name, out in heat.out.items():
                self.out[name] = self.out.get(name, 0.0) + dt * weight * out
        for name, nodes in system.prescribed.items():
            self.out[name] = self.out.get(name, 0.0) + float((arriving - gained)[nodes].sum())

    def save(self, path: Path, fingerprint: str) -> None:
        """Write the state to ``path``, whole or not at all."""
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("out", "control")}
        kept |= {name: getattr(self.control, name) for name in _CONTROL}
        arrays: dict[str, Any] = {name: np.array(value) for name, value in kept.items()}
        arrays |= {"fingerprint": np.array(fingerprint), "out": np.array(list(self.out.values()))}
        arrays["out_names"] = np.array(list(self.out), dtype=str)
        with replacing(path) as temporary:
            np.savez(temporary, **arrays)


def resumed(path: Path, fingerprint: str, control: StepControl) -> March:
    """The march that ``save`` wrote, its steps under ``control``. Raises SolveError where the file is another problem's, or no checkpoint."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            kept = {name: stored[name] for name in stored.files}
        same = str(kept.pop("fingerprint")) == fingerprint
        names, out = kept.pop("out_names"), kept.pop("out")
    except (OSError, ValueError, KeyError) as failure:
        raise SolveError(f"{path} is no checkpoint ({failure}); remove it or name another file") from failure
    if not same:
        raise SolveError(f"{path} is the checkpoint of another problem, or of other times; remove it or name another file")
    lists: dict[str, Any] = {name: list(kept[name]) for name in ("means", "powers", "outputs")}
    numbers: dict[str, Any] = {name: kept[name].item() for name in ("t", "made", "stored")}
    for name in _CONTROL:
        setattr(control, name, kept[name].item())
    return March(
        T=kept["T"],
        control=control,
        pace=kept["pace"],
        steps=kept["steps"].tolist(),
        sensed=kept["sensed"].tolist(),
        out=dict(zip(names.tolist(), out.tolist(), strict=True)),
        **lists,
        **numbers,
    )
