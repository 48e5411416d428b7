"""What does a poor contact cost? A cell on a plate: the temperature jump where they meet, for three contact resistances."""

from packtool import thermal

AREA, CELL, PLATE = 0.01, 0.05, 0.006  # m², m
POWER = 20.0  # W in the cell

mesh = thermal.mesh_layers([("plate", PLATE), ("cell", CELL)], divisions=4, area=AREA, contacts=[("plate", "cell")])
print("R [K m²/W]  jump [K]  closed form  top of the cell [degC]")
for resistance in (1e-5, 1e-4, 5e-4):  # thermal grease, a 0.3 mm pad, a dry joint
    problem = thermal.conduction(
        mesh,
        k={"plate": 160.0, "cell": 1.0},
        power={"cell": POWER},
        convection={"start": (1000.0, 293.15)},  # the plate's cooled side
        contact={"plate|cell": 1 / resistance},
    )
    solution = thermal.solve_steady(problem, degree=2)
    jump = solution.heat_between("cell", "plate") * resistance / AREA
    print(f"{resistance:10.0e}  {jump:8.4f}  {POWER / AREA * resistance:11.4f}  {solution.at(PLATE + CELL) - 273.15:10.3f}")
