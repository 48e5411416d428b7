"""How warm does a block get that makes 10 W and is cooled from below? From named boxes to temperatures, beside the closed form."""

from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.by_name import conduction
from packtool.thermal.evaluate import region_values
from packtool.thermal.records import Convection
from packtool.thermal.steady import solve_steady

LENGTH, WIDTH, HEIGHT = 0.148, 0.027, 0.098  # m; a prismatic cell standing on its base
POWER, K_UP, H, AIR = 10.0, 10.0, 200.0, 298.15  # W, W/m/K in its height, W/m²/K, K

mesh = mesh_boxes(
    [Box("cell", "cell", "jelly roll", 0, 0, 0, LENGTH, WIDTH, HEIGHT)], divisions=(4, 2, 16), boundaries={"zmin": "base"}
)
problem = conduction(mesh, {"cell": (10.0, 1.0, K_UP)}, {"cell": POWER}, convection={"base": Convection(H, AIR)})
solution = solve_steady(problem)
values = region_values(mesh, solution.T)

flux = POWER / (LENGTH * WIDTH)  # W/m² through the base
base = AIR + flux / H  # a slab with even heat: a parabola over the height
print(f"base    {values.minimum[0] - 273.15:8.4f} degC, closed form {base - 273.15:8.4f}")
print(f"top     {values.maximum[0] - 273.15:8.4f} degC, closed form {base + flux * HEIGHT / (2 * K_UP) - 273.15:8.4f}")
print(f"mean    {values.mean[0] - 273.15:8.4f} degC, closed form {base + flux * HEIGHT / (3 * K_UP) - 273.15:8.4f}")
print(f"balance {solution.balance.imbalance:.1e} of the heat")
