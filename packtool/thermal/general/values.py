"""What a property may be given as: a number, a table, or a function of place, time and temperature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from packtool.errors import SolveError
from packtool.mesh.records import Floats

NAMES = {"x": "m", "y": "m", "z": "m", "r": "m", "t": "s", "T": "K"}
"""What a function may ask for, by the name of its parameters, with the unit. ``r``: distance from the axis (x² + y²) or, in bodies of
revolution and spheres, the radius."""

SLOPE_STEP = 1e-5
"""Relative step of the central difference that gives a property's slope by temperature."""


@dataclass(frozen=True)
class Table:
    """Linear between points: ``values`` at ``points`` (ascending) of ``over``, one of x, y, z, r [m], t [s], T [K].

    Outside its points a table is refused, unless ``hold``: then its end values hold.
    """

    over: str
    points: Sequence[float]
    values: Sequence[float]
    hold: bool = False


Value = float | Table | Callable[..., Any]
"""A number, a Table, or a function whose parameters are among x, y, z, r, t, T: it is given arrays and returns an array."""


@dataclass(frozen=True)
class Law:
    """A value made ready: ``needs`` says what it depends on, ``breakpoints`` [s] where its slope in time jumps."""

    what: str
    function: Callable[..., Any]
    needs: frozenset[str]
    breakpoints: tuple[float, ...] = ()
    lowest: float = -np.inf
    strict: bool = False
    constant: float | None = None
    span: tuple[str, float, float] | None = None

    def at(self, points: Floats, t: float, T: Floats | None, radial: bool = False) -> Floats:
        """Values (...) at ``points`` (..., 3) [m], time ``t`` [s] and temperature ``T`` (...) [K].

        Raises SolveError, with the place, where a value is not finite or below what is allowed.
        """
        shape = points.shape[:-1]
        if self.constant is not None:
            return np.full(shape, self.constant)
        given: dict[str, Any] = {}
        for name in self.needs:
            if name in "xyz":
                given[name] = points[..., "xyz".index(name)]
            elif name == "r":
                given[name] = points[..., 0] if radial else np.hypot(points[..., 0], points[..., 1])
            elif name == "t":
                given[name] = t
            elif T is None:
                raise SolveError(f"{self.what} cannot depend on temperature")
            else:
                given[name] = T
        found = self._called(given)
        if found.shape not in (shape, ()):
            raise SolveError(f"{self.what}: the function gave {found.shape} values for {shape} places; it must give one a place")
        values = np.array(np.broadcast_to(found, shape), dtype=float)
        low = values <= self.lowest if self.strict else values < self.lowest
        bad = np.flatnonzero((~np.isfinite(values) | low).ravel())
        if bad.size:
            where = [f"{name} = {np.broadcast_to(a, shape).ravel()[bad[0]]:.6g} {NAMES[name]}" for name, a in sorted(given.items())]
            limit = f" (wanted {'above' if self.strict else 'at least'} {self.lowest:g})" if np.isfinite(self.lowest) else ""
            raise SolveError(f"{self.what} is {values.ravel()[bad[0]]:g} at {', '.join(where)}{limit}")
        return values

    def slope(self, points: Floats, t: float, T: Floats, radial: bool = False) -> Floats:
        """Derivative by temperature, by a central difference; zero where the law does not ask for T."""
        if "T" not in self.needs:
            return np.zeros(points.shape[:-1])
        step = SLOPE_STEP * np.maximum(np.abs(T), 1.0)
        up, down = (Law.at(self._free(), points, t, T + s, radial) for s in (step, -step))
        return (up - down) / (2 * step)

    def _free(self) -> Law:
        """The same without limits: the difference may step over them."""
        return Law(self.what, self.function, self.needs)

    def _called(self, given: dict[str, Any]) -> Floats:
        try:
            return np.asarray(self.function(**given), dtype=float)
        except SolveError:
            raise
        except (TypeError, ValueError):  # a function of single numbers (math.exp, if T > 300)
            try:
                return np.asarray(np.vectorize(self.function, otypes=[float])(**given))
            except SolveError:
                raise
            except Exception as failure:
                raise SolveError(f"{self.what}: the function failed: {type(failure).__name__}: {failure}") from failure
        except Exception as failure:
            raise SolveError(f"{self.what}: the function failed: {type(failure).__name__}: {failure}") from failure


def law(what: str, given: Any, *, may_need: Iterable[str] = NAMES, lowest: float = -np.inf, strict: bool = False) -> Law:
    """``given`` as a Law called ``what`` in messages; values below ``lowest`` (or at it, if ``strict``) are refused.

    Raises SolveError for what is no value, a number that is not finite or too low, a function that asks for something unknown,
    a table with points that do not ascend or entries that are not finite.
    """
    allowed = [name for name in NAMES if name in set(may_need)]
    if isinstance(given, bool) or given is None or isinstance(given, str):
        raise SolveError(f"{what} is {given!r}; wanted a number, a Table or a function of {', '.join(allowed)}")
    if isinstance(given, Table):
        return _tabled(what, given, allowed, lowest, strict)
    if callable(given):
        needs = _parameters(what, given, allowed)
        return Law(what, given, needs, (), lowest, strict)
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise SolveError(f"{what} is {given!r}; wanted a number, a Table or a function of {', '.join(allowed)}") from None
    _refuse_number(what, number, lowest, strict)
    return Law(what, lambda: number, frozenset(), (), lowest, strict, number)


def _refuse_number(what: str, number: float, lowest: float, strict: bool) -> None:
    if not np.isfinite(number) or number < lowest or (strict and number <= lowest):
        limit = f" {'above' if strict else 'of at least'} {lowest:g}" if np.isfinite(lowest) else ""
        celsius = "; is it in degC? add 273.15" if "[K]" in what and np.isfinite(number) else ""
        raise SolveError(f"{what} is {number:g}; wanted a finite number{limit}{celsius}")


def _tabled(what: str, table: Table, allowed: list[str], lowest: float, strict: bool) -> Law:
    if table.over not in allowed:
        raise SolveError(f"{what}: the table is over {table.over!r}; it can be over {', '.join(allowed)}")
    points, values = np.asarray(table.points, dtype=float), np.asarray(table.values, dtype=float)
    if points.ndim != 1 or points.shape != values.shape or len(points) < 2:
        raise SolveError(
            f"{what}: the table has {points.size} points and {values.size} values; wanted as many of each, two at least"
        )
    if not np.isfinite(points).all() or not np.isfinite(values).all():
        raise SolveError(f"{what}: the table has entries that are not finite")
    for number, (a, b) in enumerate(pairwise(points.tolist()), 1):
        if not b > a:
            raise SolveError(f"{what}: the table's points must ascend, and point {number} is {a:g}, the next {b:g}")
    for value in values.tolist():
        _refuse_number(f"{what}, in its table,", value, lowest, strict)
    first, last, unit = float(points[0]), float(points[-1]), NAMES[table.over]

    def read(**place: Any) -> Floats:
        at = np.asarray(place[table.over], dtype=float)
        outside = at[(at < first) | (at > last)] if at.ndim else (at[None] if not first <= at <= last else at[None][:0])
        if outside.size and not table.hold:
            raise SolveError(
                f"{what}: {table.over} = {outside.flat[0]:.6g} {unit} is outside its table, {first:g} to {last:g}; "
                "extend the table, or say hold=True to keep its end values"
            )
        return np.asarray(np.interp(at, points, values))

    return Law(
        what,
        read,
        frozenset({table.over}),
        tuple(points.tolist()) if table.over == "t" else (),
        lowest,
        strict,
        None,
        None if table.hold else (table.over, first, last),
    )


def _parameters(what: str, function: Callable[..., Any], allowed: list[str]) -> frozenset[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise SolveError(f"{what}: the function's parameters cannot be read; wrap it: lambda T: f(T)") from None
    asked = [p.name for p in parameters if p.default is inspect.Parameter.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    unknown = [name for name in asked if name not in allowed]
    if unknown or not asked:
        raise SolveError(
            f"{what}: the function asks for {', '.join(unknown) or 'nothing'}; name its parameters among {', '.join(allowed)}"
        )
    return frozenset(asked)


@dataclass(frozen=True)
class Tensor:
    """K = the sum of ``laws`` times the constant symmetric ``parts`` (n_laws, 3, 3)."""

    laws: tuple[Law, ...]
    parts: Floats
    needs: frozenset[str] = field(default_factory=frozenset)

    def at(self, points: Floats, t: float, T: Floats | None, radial: bool) -> Floats:
        """(..., 3, 3) at ``points`` (..., 3)."""
        return sum(
            (a.at(points, t, T, radial)[..., None, None] * s for a, s in zip(self.laws, self.parts, strict=True)), np.zeros(1)
        )

    def slope(self, points: Floats, t: float, T: Floats, radial: bool) -> Floats:
        """Derivative (..., 3, 3) by temperature."""
        return sum(
            (a.slope(points, t, T, radial)[..., None, None] * s for a, s in zip(self.laws, self.parts, strict=True)), np.zeros(1)
        )


@dataclass(frozen=True)
class Rotated:
    """Conductivities ``k`` (three values) along axes of their own: ``axes`` (3, 3), one unit vector a row, right angles between them."""

    k: tuple[Value, Value, Value]
    axes: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


def rotated(k: Sequence[Value], degrees: float, about: str = "z") -> Rotated:
    """Orthotropic ``k`` (kx, ky, kz) turned by ``degrees`` about ``about`` (x, y or z), counter-clockwise seen against the axis."""
    if about not in ("x", "y", "z") or len(k) != 3 or not np.isfinite(degrees):
        raise SolveError(f"rotated wants three conductivities, an angle and one of x, y, z; got {k!r}, {degrees!r}, {about!r}")
    a, c, s = "xyz".index(about), float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    axes = np.eye(3)
    i, j = (a + 1) % 3, (a + 2) % 3
    axes[i, i], axes[i, j], axes[j, i], axes[j, j] = c, s, -s, c
    return Rotated((k[0], k[1], k[2]), tuple(tuple(row) for row in axes.tolist()))  # type: ignore[arg-type]


def tensor(what: str, given: Any, positive: bool = True, may_need: Iterable[str] = NAMES) -> Tensor:
    """A conductivity: one Value, three along x, y, z, a constant symmetric (3, 3), or Rotated. Raises SolveError as ``law`` does."""
    if isinstance(given, Rotated):
        axes = np.asarray(given.axes, dtype=float)
        if axes.shape != (3, 3) or np.abs(axes @ axes.T - np.eye(3)).max() > 1e-9:
            raise SolveError(f"{what}: its axes are not three unit vectors at right angles")
        return _tensor(what, list(given.k), np.einsum("ai,aj->aij", axes, axes), may_need)
    if isinstance(given, Table) or callable(given) or not np.ndim(_shape_of(given)):
        return _tensor(what, [given], np.eye(3)[None], may_need)
    entries = list(given)
    if len(entries) == 3 and all(np.ndim(_shape_of(entry)) == 0 for entry in entries):
        return _tensor(what, entries, np.einsum("ai,aj->aij", np.eye(3), np.eye(3)), may_need)
    K = np.asarray(given, dtype=float)
    if K.shape != (3, 3):
        raise SolveError(f"{what} is one value, three along x, y, z, a (3, 3) tensor or rotated(...); got shape {K.shape}")
    if not np.isfinite(K).all() or np.abs(K - K.T).max() > 1e-9 * np.abs(K).max() or np.linalg.eigvalsh(K)[0] <= 0:
        raise SolveError(f"{what} is not a finite, symmetric, positive definite tensor: {K.tolist()}")
    return Tensor((law(what, 1.0),), ((K + K.T) / 2)[None])


def _shape_of(given: Any) -> Any:
    return 0.0 if isinstance(given, Table) or callable(given) or isinstance(given, str) or given is None else given


def _tensor(what: str, values: list[Any], parts: Floats, may_need: Iterable[str]) -> Tensor:
    laws = tuple(law(what, value, may_need=may_need, lowest=0.0, strict=True) for value in values)
    return Tensor(laws, parts, frozenset().union(*(a.needs for a in laws)))
