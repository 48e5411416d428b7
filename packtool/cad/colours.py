"""The colour of each role, the same in the STEP, the GLB and the pictures."""

from __future__ import annotations

from dataclasses import dataclass

from packtool.layout.records import Role


@dataclass(frozen=True, slots=True)
class Look:
    """How a role is drawn: ``rgb`` sRGB, 0..1; ``alpha`` 1 opaque (the GLB only: CAD programs hide parts instead);
    ``metallic`` and ``roughness`` of the glTF 2.0 metallic-roughness model, 0..1."""

    rgb: tuple[float, float, float]
    alpha: float = 1.0
    metallic: float = 0.0
    roughness: float = 0.7

    @property
    def rgb8(self) -> tuple[int, int, int]:
        """sRGB in 0..255."""
        red, green, blue = (round(255 * channel) for channel in self.rgb)
        return red, green, blue

    @property
    def linear_rgb(self) -> tuple[float, float, float]:
        """Linear light, as glTF wants base colours (IEC 61966-2-1 transfer function)."""
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in self.rgb)
        return red, green, blue


def _rgb8(red: int, green: int, blue: int) -> tuple[float, float, float]:
    return red / 255, green / 255, blue / 255


LOOKS: dict[Role, Look] = {
    "cell": Look(_rgb8(70, 110, 160), metallic=0.2, roughness=0.5),
    "pad": Look(_rgb8(64, 64, 64), roughness=0.95),
    "barrier": Look(_rgb8(225, 215, 190), roughness=0.85),
    "fin": Look(_rgb8(205, 210, 215), metallic=0.7, roughness=0.35),
    "end_plate": Look(_rgb8(150, 155, 160), metallic=0.6, roughness=0.45),
    "side_plate": Look(_rgb8(168, 174, 180), metallic=0.6, roughness=0.4),
    "strap": Look(_rgb8(120, 124, 130), metallic=0.8, roughness=0.3),
    "filler": Look(_rgb8(235, 170, 190), roughness=0.9),
    "holder": Look(_rgb8(45, 50, 58), roughness=0.8),
    "potting": Look(_rgb8(228, 214, 176), roughness=0.9),
    "interface": Look(_rgb8(225, 150, 180), roughness=0.9),
    "cold_plate": Look(_rgb8(190, 195, 200), metallic=0.6, roughness=0.4),
    "heater": Look(_rgb8(205, 75, 40), roughness=0.8),
    "coolant": Look(_rgb8(40, 150, 220), roughness=0.2),
    "terminal": Look(_rgb8(205, 205, 195), metallic=0.6, roughness=0.4),
    "busbar": Look(_rgb8(215, 140, 60), metallic=0.5, roughness=0.4),
    "tray": Look(_rgb8(110, 120, 130), metallic=0.4, roughness=0.6),
    "lid": Look(_rgb8(130, 140, 150), alpha=0.25, metallic=0.2, roughness=0.6),
    "fitting": Look(_rgb8(90, 90, 90), metallic=0.4, roughness=0.5),
    "fixture": Look(_rgb8(52, 54, 60), roughness=0.6),
    "seal": Look(_rgb8(35, 35, 40), roughness=0.95),
    "bolt": Look(_rgb8(175, 175, 170), metallic=0.7, roughness=0.35),
    "bracket": Look(_rgb8(95, 105, 118), metallic=0.4, roughness=0.6),
    "cross_member": Look(_rgb8(100, 112, 125), metallic=0.4, roughness=0.6),
    "imported": Look(_rgb8(120, 165, 95), metallic=0.3, roughness=0.55),
}
"""Chosen so that neighbouring roles differ in hue or lightness by eye; the lid is glass in the GLB so that the cells show."""
