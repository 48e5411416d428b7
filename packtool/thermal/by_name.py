"""A conduction problem from plain numbers under the names of regions: the short way in for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats, TaggedMesh
from packtool.thermal.records import ConductionProblem, Convection, Heat


def conduction(
    mesh: TaggedMesh,
    k: float | Mapping[str, float | Sequence[float]],
    power: Mapping[str, float] | None = None,
    *,
    convection: Mapping[str, Convection] | None = None,
    temperature: Mapping[str, float] | None = None,
    flux: Mapping[str, float] | None = None,
    contact: Mapping[str, float] | None = None,
    rho_cp: Mapping[str, float] | None = None,
) -> ConductionProblem:
    """The problem of a mesh whose regions conduct ``k`` and make ``power``; what is named nowhere makes no heat.

    ``k`` [W/m/K]: one number for all, or by region a number or (kx, ky, kz) along the mesh's axes. ``power`` [W] by region, the
    same at any temperature, even over its volume. ``rho_cp`` [J/m³/K] by region, for a transient. The rest is as in
    ConductionProblem. Raises SolveError where a region has no ``k`` (or no ``rho_cp``, where any is given), or a name is of none.
    """
    names = [region.name for region in mesh.regions]
    by_region = dict.fromkeys(names, k) if isinstance(k, int | float) else k
    _refuse("k", by_region, names, every=True)
    _refuse("power", power or {}, names)
    _refuse("rho_cp", rho_cp or {}, names, every=bool(rho_cp))
    watts = np.array([(power or {}).get(name, 0.0) for name in names])
    still = np.zeros(len(names))
    return ConductionProblem(
        mesh,
        np.stack([_tensor(name, by_region[name]) for name in names]),
        Heat(lambda _T_mean: (watts, still)) if power else None,
        convection or {},
        temperature or {},
        flux or {},
        contact or {},
        np.array([rho_cp[name] for name in names]) if rho_cp else None,
    )


def _tensor(name: str, k: float | Sequence[float]) -> Floats:
    values = np.asarray(k, dtype=float)
    if values.shape not in ((), (3,)):
        raise SolveError(f"k of {name} is one number or three, (kx, ky, kz), not {k!r}")
    return np.diag(np.broadcast_to(values, 3))


def _refuse(what: str, given: Iterable[str], names: Sequence[str], *, every: bool = False) -> None:
    unknown = sorted(set(given) - set(names))
    missing = sorted(set(names) - set(given)) if every else []
    faults = [f"{what} names {', '.join(unknown)}"] if unknown else []
    faults += [f"{what} is missing for {', '.join(missing)}"] if missing else []
    if faults:
        raise SolveError(f"{'; '.join(faults)}; the mesh has the regions {', '.join(names)}")
