"""What does a poor contact cost? A cell on a plate: the temperature jump where they meet, for three contact resistances."""

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.by_name import conduction
from packtool.thermal.evaluate import contact_heat, values_at
from packtool.thermal.records import Convection
from packtool.thermal.steady import solve_steady

SIDE, CELL, PLATE = 0.1, 0.05, 0.006  # m
POWER = 20.0  # W in the cell

mesh = mesh_boxes(
    [
        Box("plate", "cold_plate", "aluminium", 0, 0, 0, SIDE, SIDE, PLATE),
        Box("cell", "cell", "jelly roll", 0, 0, PLATE, SIDE, SIDE, PLATE + CELL),
    ],
    divisions=(4, 4, [4, 16]),
    contacts=[("plate", "cell")],
    boundaries={"plate.z-": "cooled"},
)
top = [[SIDE / 2, SIDE / 2, PLATE + CELL]]
print("R [K m²/W]  jump [K]  closed form  top of the cell [degC]")
for resistance in (1e-5, 1e-4, 5e-4):  # thermal grease, a 0.3 mm pad, a dry joint
    problem = conduction(
        mesh,
        {"plate": 160.0, "cell": (10.0, 10.0, 1.0)},
        {"cell": POWER},
        convection={"cooled": Convection(1000.0, 293.15)},
        contact={"plate|cell": 1 / resistance},
    )
    T = solve_steady(problem).T
    jump = -contact_heat(problem, T, "plate|cell") * resistance / SIDE**2  # heat flows from the cell (plus) to the plate (minus)
    print(f"{resistance:10.0e}  {jump:8.4f}  {POWER / SIDE**2 * resistance:11.4f}  {values_at(mesh, T, top)[0] - 273.15:10.3f}")
