"""What a cylindrical can has beyond a cylinder: bead, crimped rim, plus button, score of the vent. In the CAD only; mesh and heat see the cylinder.

Sizes are **remembered** (general engineering knowledge of 18650 and 21700 cells, nobody checked them against a drawing) and go with the
diameter: catalogues give diameter and height, and nothing else. The height is that of the button's face.
"""

from __future__ import annotations

from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail

BEAD_DEPTH = 0.05
"""Of the diameter: the groove that holds the cap up, 1 mm on a 21700."""
BEAD_WIDTH = 0.07
BEAD_BELOW_TOP = 0.20
"""Of the diameter, from the top down to the bead's upper edge: 4 mm on a 21700."""
RIM_INNER = 0.36
"""Radius where the crimped rim ends, of the diameter; inside it is the gasket's ring."""
BUTTON_RADIUS = 0.19
"""Of the diameter: a button of 8 mm on a 21700."""
BUTTON_ABOVE_RIM_MM = 0.3
GASKET_BELOW_RIM_MM = 0.5
SCORE_RADIUS = 0.30
"""Of the diameter: the ring on the bottom along which the can tears open."""
SCORE_WIDTH_MM = 0.3
SCORE_DEPTH_MM = 0.1


def can_details(diameter_mm: float, height_mm: float, *, inverted: bool) -> tuple[Detail, ...]:
    """Grooves that are cut from a cylinder standing on z = 0; ``inverted``: the button is at the bottom.

    None for a can too flat for them (lower than half its diameter).
    """
    if height_mm < diameter_mm / 2:
        return ()
    d, top = diameter_mm, height_mm
    rim = top - BUTTON_ABOVE_RIM_MM
    bead = top - BEAD_BELOW_TOP * d
    grooves = (
        (RIM_INNER * d, d / 2, rim, top),
        (BUTTON_RADIUS * d, RIM_INNER * d, rim - GASKET_BELOW_RIM_MM, top),
        ((0.5 - BEAD_DEPTH) * d, d / 2, bead - BEAD_WIDTH * d, bead),
        (SCORE_RADIUS * d - SCORE_WIDTH_MM / 2, SCORE_RADIUS * d + SCORE_WIDTH_MM / 2, 0.0, SCORE_DEPTH_MM),
    )
    return tuple(_ring(r0, r1, top - z1 if inverted else z0, top - z0 if inverted else z1) for r0, r1, z0, z1 in grooves)


def _ring(inner: float, outer: float, low: float, high: float) -> Detail:
    return Detail(Profile(Loop.circle(0.0, 0.0, outer), (Loop.circle(0.0, 0.0, inner),)), "z", low, high)
