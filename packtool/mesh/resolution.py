"""How finely one mesh of a pack is made: a level, the sizes that a design gives in its place, and how often it is halved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from packtool.design.schema.mesh import Level, MeshSizes

AT_NORMAL = {"coarse": 0.5, "normal": 1.0, "fine": 2.0}
"""Sizes at level normal over those at each level."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """One mesh of a family: that of ``level``, or the same ``halved``.

    ``sizes`` are those of the family's finest mesh, which is of the level ``solved`` and ``halvings`` steps finer than this one.
    """

    level: Level = "normal"
    halved: bool = False
    sizes: MeshSizes = field(default_factory=MeshSizes)
    solved: Level = "normal"
    halvings: int = 0

    @classmethod
    def of(cls, level: Level, halved: bool = False, sizes: MeshSizes | None = None) -> Resolution:
        """The mesh of a level, or its halved one."""
        return cls(level, halved, sizes or MeshSizes(), level, 1 if halved else 0)

    @property
    def below(self) -> Resolution:
        """That of the plate under round cells, which level coarse has as normal has it."""
        return replace(self, level=_from_normal(self.level), solved=_from_normal(self.solved))

    @property
    def multiple(self) -> int:
        """Of which given sizes make the counts at level normal, 2 aside, so that every mesh of the family is the one before, halved."""
        return 2 if self.solved == "fine" else 4

    @property
    def least(self) -> int:
        """Up to so many elements are asked for, 2 at level normal will do."""
        return 0 if self.solved == "coarse" else 2

    def at_normal(self, key: str) -> float | None:
        """The size [mm] at level normal that makes the one given for ``key`` at the solved level; None: not given."""
        size = self.sizes.of(key)
        return None if size is None else size * AT_NORMAL[self.solved]

    def here(self, key: str) -> float | None:
        """The size [mm] given for ``key``, as this mesh has it; None: not given."""
        size = self.sizes.of(key)
        return None if size is None else size * 2**self.halvings


def _from_normal(level: Level) -> Level:
    return "normal" if level == "coarse" else level
