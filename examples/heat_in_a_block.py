"""How warm does a block get that makes 10 W and is cooled from below? From a named box to temperatures, beside the closed form."""

from packtool import thermal

LENGTH, WIDTH, HEIGHT = 0.148, 0.027, 0.098  # m; a prismatic cell standing on its base
POWER, K_UP, H, AIR = 10.0, 10.0, 200.0, 298.15  # W, W/m/K in its height, W/m²/K, K

mesh = thermal.mesh_boxes({"cell": (0, 0, 0, LENGTH, WIDTH, HEIGHT)}, divisions=(4, 2, 8), boundaries={"zmin": "base"})
problem = thermal.conduction(mesh, k=(10.0, 1.0, K_UP), power={"cell": POWER}, convection={"base": (H, AIR)})
solution = thermal.solve_steady(problem, degree=2)  # second-order elements hold a parabola exactly

flux = POWER / (LENGTH * WIDTH)  # W/m² through the base
base = AIR + flux / H  # a slab with even heat: a parabola over the height
print(f"base    {solution.boundary_mean('base') - 273.15:8.4f} degC, closed form {base - 273.15:8.4f}")
print(f"top     {solution.maximum().T - 273.15:8.4f} degC, closed form {base + flux * HEIGHT / (2 * K_UP) - 273.15:8.4f}")
print(f"mean    {solution.mean('cell') - 273.15:8.4f} degC, closed form {base + flux * HEIGHT / (3 * K_UP) - 273.15:8.4f}")
print(f"balance {solution.balance.imbalance:.1e} of the heat")
