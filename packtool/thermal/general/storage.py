"""Heat stored in the body: by enthalpy, so that whatever rho cp does with temperature none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats
from packtool.thermal.general.capacity import Capacity
from packtool.thermal.general.geometry import Block, scatter


class Storage:
    """``laws`` by region on the elements of ``blocks``, whose matrices' ``places`` are on ``pattern``."""

    def __init__(
        self, laws: Sequence[Capacity], blocks: Sequence[Block], places: Sequence[NDArray[np.int32]], pattern: Pattern
    ) -> None:
        self.laws, self.blocks, self.places, self.pattern, self.n = laws, blocks, places, pattern, pattern.size

    def stored(self, T: Floats, before: Floats) -> Floats:
        """(n,) [J]: what the nodes hold more at ``T`` than at ``before``, both (n,) [K]."""
        if self.constant:
            return np.asarray(self._matrix @ (T - before))
        gained = np.zeros(self.n)
        for block in self.blocks:
            law = self.laws[block.region]
            if law.constant_in_T:
                more = law.slope(block.points, block.at(T)) * block.at(T - before)
            else:
                more = law.enthalpy(block.points, block.at(T)) - law.enthalpy(block.points, block.at(before))
            scatter(gained, block.nodes, block.load(more))
        return gained

    def entries(self, T: Floats) -> Floats:
        """Entries of the heat capacity matrix [J/K] at ``T``."""
        return self._constant_entries if self.constant else self._entries(T)

    @cached_property
    def constant(self) -> bool:
        """No heat capacity depends on temperature."""
        return all(law.constant_in_T for law in self.laws)

    @property
    def melts(self) -> bool:
        """Some heat capacity jumps at a temperature."""
        return any(law.jumps for law in self.laws)

    @cached_property
    def _constant_entries(self) -> Floats:
        return self._entries(np.full(self.n, 300.0))

    @cached_property
    def _matrix(self) -> Any:
        return self.pattern.matrix(self._constant_entries)

    def _entries(self, T: Floats) -> Floats:
        data = np.zeros(len(self.pattern.indices))
        for block, places in zip(self.blocks, self.places, strict=True):
            scatter(data, places, block.mass(self.laws[block.region].slope(block.points, block.at(T))))
        return data

    def warming(self, T: Floats, rate: Floats, of: int | None = None) -> Floats:
        """(n,) [W]: heat that the nodes take up while they warm by ``rate`` (n,) [K/s]; ``of``: in one region alone."""
        taken = np.zeros(self.n)
        for block in self.blocks:
            if of is None or block.region == of:
                slope = self.laws[block.region].slope(block.points, block.at(T))
                scatter(taken, block.nodes, block.load(slope * block.at(rate)))
        return taken
