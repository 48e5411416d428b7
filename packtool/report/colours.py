"""The colours of temperatures: one perceptually uniform map for the page, the plots and the pictures.

Plasma by Nathaniel Smith and Stefan van der Walt (CC0), sampled at 17 equal steps between 0 and 0.95 (its last yellow is too pale
on white); linear between. Dark violet is coldest, yellow hottest, lightness rises throughout, so it also reads in grey.
"""

from __future__ import annotations

ANCHORS: tuple[tuple[int, int, int], ...] = (
    (13, 8, 135),
    (47, 5, 150),
    (73, 3, 160),
    (97, 0, 167),
    (120, 1, 168),
    (143, 13, 164),
    (163, 30, 154),
    (181, 47, 140),
    (197, 64, 126),
    (211, 81, 113),
    (224, 99, 99),
    (235, 117, 86),
    (244, 136, 73),
    (250, 156, 60),
    (253, 178, 47),
    (253, 203, 38),
    (247, 228, 37),
)


def colour_at(fraction: float) -> tuple[int, int, int]:
    """Red, green, blue, 0-255, at a ``fraction`` of the scale; below 0 and above 1 the ends."""
    position = min(max(fraction, 0.0), 1.0) * (len(ANCHORS) - 1)
    lower = min(int(position), len(ANCHORS) - 2)
    share = position - lower
    low, high = ANCHORS[lower], ANCHORS[lower + 1]
    r, g, b = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return r, g, b


def hex_colour(fraction: float) -> str:
    """``#rrggbb`` at a fraction of the scale."""
    return "#{:02x}{:02x}{:02x}".format(*colour_at(fraction))


def ink_on(fraction: float) -> str:
    """Black or white, whichever contrasts more with the colour at ``fraction`` (WCAG 2.1 relative luminance)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour_at(fraction))]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"
