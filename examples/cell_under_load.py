"""How warm does a cylindrical cell get in an hour at 3C? Heat by a current over time, convection and radiation, sensors at every step."""

import numpy as np

from packtool import thermal

RADIUS, HEIGHT, MASS, CP = 0.0105, 0.070, 0.070, 950.0  # m, m, kg, J/kg/K; a 21700 cell
current = thermal.Table("t", [0, 1100, 1101, 3600], [15, 15, 0, 0])  # A: 3C until empty, then rest
resistance = thermal.Table("T", [273, 298, 318], [40e-3, 25e-3, 20e-3], hold=True)  # ohm, falling with temperature


def heat(t, T):
    """I²R [W]."""
    return np.interp(t, current.points, current.values) ** 2 * np.interp(T, resistance.points, resistance.values)


mesh = thermal.mesh_cylinder([("roll", RADIUS)], height=HEIGHT, divisions=(6, 8))
problem = thermal.conduction(
    mesh,
    k=(1.0, 1.0, 25.0),  # radially, and along z
    power={"roll": heat},
    convection={"*": (8.0, 298.15)},
    radiation={"outer": (0.85, 298.15)},
    rho_cp=MASS * CP / (np.pi * RADIUS**2 * HEIGHT),
)
run = thermal.solve_transient(problem, 298.15, [600, 1100, 3600], breakpoints=current.points, sensors={"core": (0, HEIGHT / 2)})
for time, core, skin in zip(run.times, run.at([[0, HEIGHT / 2]])[:, 0], run.boundary_mean("outer"), strict=True):
    print(f"{time:5.0f} s  core {core - 273.15:6.2f} degC  skin {skin - 273.15:6.2f} degC")
print(f"warmest core {run.sensors['core'].max() - 273.15:.2f} degC, steps {len(run.step_times) - 1}")
print(f"time error {run.time_error.max():.1e} K, balance {run.balance.imbalance:.1e} of the heat")
