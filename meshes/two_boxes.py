"""A cell on a plate as two named boxes: the input of two_boxes.msh. `python meshes/two_boxes.py [FILE]` writes it anew."""

import sys
from pathlib import Path

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.files import write_msh

MESH = mesh_boxes(
    [
        Box("plate", "cold_plate", "al_3003_o", 0.0, 0.0, 0.0, 0.120, 0.060, 0.006),
        Box("cell", "cell", "cell", 0.010, 0.010, 0.006, 0.110, 0.050, 0.096),
    ],
    divisions=([1, 5, 1], [1, 2, 1], [1, 3]),
    boundaries={"plate.z-": "cooled", "cell.z+": "top"},
)

if __name__ == "__main__":
    write_msh(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".msh"), MESH)
