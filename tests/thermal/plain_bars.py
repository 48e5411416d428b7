"""Busbars of given resistance, without a shape, for tests of what carries them."""

import numpy as np

from packtool.thermal.busbar_shape import BarShape, resistance
from packtool.thermal.busbars import BarKind, Busbars

SHORT = 1e-9
"""Of a bar's resistance: that between its seats on cells in parallel."""


def plain_bar(number, ohm, cells, *, whole=False):
    """Bar ``number``: ``ohm`` between the cells of either sign, or those of one and the pack's cable; ``cells``: (place, sign) each."""
    signs = np.array([sign for _, sign in cells], dtype=float)
    n, poles = len(cells) + (len(set(signs)) == 1), (signs == signs[0]).astype(float)
    between = np.outer(poles, poles) * ohm + np.eye(len(cells)) * ohm * SHORT  # from the seats to the other pole, a point
    flow = np.zeros((n, n))
    if n > len(cells):
        flow[:-1, :-1] = np.linalg.inv(between)
    else:
        assert n == 2, "two cells, one on either side"
        flow[0, 0] = 1 / ohm
    last = flow[:-1, :-1].sum(axis=1)
    flow[:-1, -1] = flow[-1, :-1] = -last
    flow[-1, -1] = last.sum()
    mean, carried = np.full(n, 1 / n), np.eye(n, len(cells))
    if n > len(cells):
        carried[-1] = 1 / len(cells)
    shape = BarShape(flow, mean, np.diag(mean), mean, np.outer(mean, mean), np.zeros((2, n)))
    place = np.array([[cell for cell, _ in cells]])
    return BarKind(shape, np.array([number]), place, signs[None], whole, resistance(flow), np.zeros((n, n)), carried, None)


def plain_bars(*kinds, alpha=0.004):
    """A pack of such bars, of resistivity 1 ohm m at 20 degC."""
    return Busbars(kinds, 1.0, alpha, 1e12, 0.0, tuple(f"busbar {number}" for number in range(len(kinds))), 300.0)
