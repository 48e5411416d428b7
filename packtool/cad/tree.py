"""The assembly tree: pack > group > part, in which groups that are equal but for their names share one product.

A row of a large pack is one product placed many times. What stands in it is then named within it: the part ``R3C05`` of ``row R3`` is
``C05`` there, and its name is told by its path, as is its place in the circuit. A group's tag is the last word of its label (``R3``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from packtool.layout.imported import Tilt
from packtool.layout.modules import turned
from packtool.layout.records import Layout, Part

MODULE = "module "
"""Groups whose label begins so are battery modules: one product, placed as often as the pack has them, whatever the pack's size."""
PARTS_NAMED_IN_FULL = 1_000
"""Packs of at most so many parts share no rows, so that every part stands in the file under its own full name: 1,000 occurrences
are 0.6 MB of STEP and read back in 0.3 s; 4,416 are 2.9 MB and 4 s (measured)."""
PLACE_DIGITS = 6
"""Decimals [mm] to which two groups must agree to be one product: ten times the kernel's point tolerance."""
NOISE_DIGITS = 9
"""Decimals [mm] of a place within a group: what lies behind is the round-off of the subtraction."""

Point = tuple[float, float, float]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """Turned by ``tilt`` (of imported parts) and by ``rotation_deg`` about z, then moved by ``origin`` [mm]."""

    origin: Point = (0.0, 0.0, 0.0)
    rotation_deg: int = 0
    tilt: Tilt | None = None

    @classmethod
    def of(cls, part: Part) -> Placing:
        """Where a part stands in the pack."""
        return cls(part.origin, part.rotation_deg, part.tilt)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A product (by id) or an assembly, placed in the assembly around it under ``name``."""

    name: str
    of: str | Assembly
    placing: Placing


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """What stands together. ``product`` is its generic name; one object is one product, however often it is placed."""

    product: str
    children: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part in the tree: the names from the pack down to it, its product and where it stands in the pack."""

    path: tuple[str, ...]
    product: str
    placing: Placing


@dataclass(frozen=True)
class _Group:
    """A group while the tree is being built: ``name`` within its parent; ``children`` in order, of the pack's frame; ``place`` in the circuit
    of its cells, as the end of a name."""

    name: str
    children: list[_Group | tuple[str, Part]]
    place: str = ""

    def parts(self) -> Iterator[Part]:
        for child in self.children:
            yield from child.parts() if isinstance(child, _Group) else (child[1],)

    @cached_property
    def frame(self) -> Placing:
        """Its own frame: that of its first part."""
        first = next(self.parts())
        return Placing(first.origin, first.rotation_deg)

    @cached_property
    def key(self) -> Key:
        """Groups with equal keys are the same but for their names and where they stand."""
        rows: list[object] = []
        for child in self.children:
            if isinstance(child, _Group):
                rows.append((child.name + child.place, _rounded(_within(child.frame, self.frame)), child.key))
            else:
                name, part = child
                rows.append((name, _rounded(_within(Placing.of(part), self.frame)), part.product))
        return (_generic(self.name), *rows)


def assembly_tree(layout: Layout) -> Assembly:
    """The tree of a layout, children in the order in which the layout first names them."""
    root = _grouped(layout)
    share_all = len(layout.parts) > PARTS_NAMED_IN_FULL
    keys: Counter[Key] = Counter()
    _count(root, keys)
    made: dict[Key, Assembly] = {}
    taken = {product.id for product in layout.products} | {layout.name}

    def free(name: str) -> str:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name} {number}"
        taken.add(candidate)
        return candidate

    def make(group: _Group, frame: Placing, product: str) -> Assembly:
        children = []
        for child in group.children:
            if isinstance(child, _Group):
                shared = _shareable(child, share_all) and keys[child.key] > 1
                around = child.frame if shared else frame
                if not shared:
                    assembly = make(child, around, free(child.name))
                elif child.key in made:
                    assembly = made[child.key]
                else:
                    assembly = made[child.key] = make(child, around, free(_generic(child.name)))
                children.append(Occurrence(child.name + child.place, assembly, _within(around, frame)))
            else:
                name, part = child
                children.append(Occurrence(name, part.product, _within(Placing.of(part), frame)))
        return Assembly(product, tuple(children))

    return make(root, Placing(), layout.name)


def leaves(assembly: Assembly) -> tuple[Leaf, ...]:
    """Every part of the tree, depth first, in the pack's frame."""

    def below(node: Assembly, path: tuple[str, ...], at: Placing) -> Iterator[Leaf]:
        for child in node.children:
            placed = _composed(at, child.placing)
            if isinstance(child.of, Assembly):
                yield from below(child.of, (*path, child.name), placed)
            else:
                yield Leaf((*path, child.name), child.of, placed)

    return tuple(below(assembly, (assembly.product,), Placing()))


def _grouped(layout: Layout) -> _Group:
    """The parts in their groups; within groups that may be shared they go by the names that are left without the groups' tags.

    Behind a cell's name stands its place in the circuit, ``R2C05 S22`` (``S22P1`` where there are parallel cells). Within a group that may be
    shared it is counted from the group's own first, and the group's name tells where that is: ``row R2 S21-S40`` of ``C02 S2``.
    """
    share_all = len(layout.parts) > PARTS_NAMED_IN_FULL
    circuits = _circuits(layout, share_all)
    root = _Group(layout.name, [])
    groups: dict[tuple[str, ...], _Group] = {(): root}
    for part in layout.parts:
        name, around = part.name, _Circuit()
        for depth in range(1, len(part.group) + 1):
            path = part.group[:depth]
            shareable = share_all or path[-1].startswith(MODULE)
            if path not in groups:
                place = circuits[path].words(around, layout.n_parallel) if shareable and path in circuits else ""
                groups[path] = _Group(path[-1], [], place)
                groups[path[:-1]].children.append(groups[path])
            if shareable:
                name = _without(path[-1], name)
                around = circuits.get(path, around)
        if part.series is not None and part.parallel is not None:
            name += _position(part.series, part.parallel, layout.n_parallel // layout.n_strings, around)
        groups[part.group].children.append((name, part))
    return root


@dataclass(frozen=True, slots=True)
class _Circuit:
    """The lowest and highest series position and number in parallel of some cells."""

    series: tuple[int, int] = (1, 1)
    parallel: tuple[int, int] = (1, 1)

    def words(self, around: _Circuit, n_parallel: int) -> str:
        """The end of a group's name, counted from the first ``around`` it; numbers in parallel only where the group has not all of them."""
        first, last = (series - around.series[0] + 1 for series in self.series)
        text = f" S{first}-S{last}"
        if self.parallel != (1, n_parallel):
            first, last = (number - around.parallel[0] + 1 for number in self.parallel)
            text += f" P{first}-P{last}" if last > first else f" P{first}"
        return text


def _circuits(layout: Layout, share_all: bool) -> dict[tuple[str, ...], _Circuit]:
    """Of the cells in each group that may be shared."""
    found: dict[tuple[str, ...], list[Part]] = {}
    for part in layout.parts:
        if part.series is not None:
            for depth in range(1, len(part.group) + 1):
                if share_all or part.group[depth - 1].startswith(MODULE):
                    found.setdefault(part.group[:depth], []).append(part)
    circuits = {}
    for path, parts in found.items():
        series, parallel = [part.series or 1 for part in parts], [part.parallel or 1 for part in parts]
        circuits[path] = _Circuit((min(series), max(series)), (min(parallel), max(parallel)))
    return circuits


def _position(series: int, parallel: int, n_parallel: int, around: _Circuit) -> str:
    """What a cell's name ends with; ``n_parallel`` of a string: where that is 1, the name of the string's module tells the number in parallel."""
    place = f" S{series - around.series[0] + 1}"
    return place + (f"P{parallel - around.parallel[0] + 1}" if n_parallel > 1 else "")


def _without(label: str, name: str) -> str:
    """``name`` without the group's label or tag at its beginning (``R3C05`` in ``row R3``: ``C05``; ``M01.R1C05`` in ``module M01``: ``R1C05``);
    as it is where it does not begin so."""
    tag = label.rpartition(" ")[2]
    rest = name.removeprefix(label if name.startswith(label) else tag).lstrip(" .")
    return rest if rest and rest != name and not rest[0].isdigit() else name


def _generic(label: str) -> str:
    """The label without its tag: what all groups like it are called."""
    return label.rpartition(" ")[0] or label


def _shareable(group: _Group, share_all: bool) -> bool:
    return share_all or group.name.startswith(MODULE)


def _count(group: _Group, keys: Counter[Key]) -> None:
    for child in group.children:
        if isinstance(child, _Group):
            keys[child.key] += 1
            _count(child, keys)


def _rounded(placing: Placing) -> Placing:
    x, y, z = (round(value, PLACE_DIGITS) + 0.0 for value in placing.origin)
    return replace(placing, origin=(x, y, z))


def _within(placing: Placing, frame: Placing) -> Placing:
    """``placing`` of the pack as seen from ``frame``."""
    x, y, z = (round(a - b, NOISE_DIGITS) + 0.0 for a, b in zip(placing.origin, frame.origin, strict=True))
    return Placing((*turned((x, y), -frame.rotation_deg % 360), z), (placing.rotation_deg - frame.rotation_deg) % 360, placing.tilt)


def _composed(outer: Placing, inner: Placing) -> Placing:
    """``inner``, given in the frame ``outer``, in the frame around that."""
    x, y = turned(inner.origin[:2], outer.rotation_deg)
    at = x + outer.origin[0], y + outer.origin[1], inner.origin[2] + outer.origin[2]
    return Placing(at, (outer.rotation_deg + inner.rotation_deg) % 360, inner.tilt)
