"""How long does a layer of wax keep a cell below 45 degC? A melting layer beside the same cell without: enthalpy, conserved exactly."""

import numpy as np

from packtool import thermal

CELL, WAX, AREA, POWER = 0.027, 0.006, 0.0145, 8.0  # m, m, m², W
wax = thermal.PhaseChange(
    rho_cp_solid=1.7e6, rho_cp_liquid=1.8e6, latent=1.6e8, T_solidus=311.0, T_liquidus=314.0
)  # J/m³(/K); in graphite


def time_to_45(layers, k, rho_cp):
    """Seconds until the cell's middle is at 45 degC, and the imbalance of the run."""
    mesh = thermal.mesh_layers(layers, divisions=12, area=AREA)
    problem = thermal.conduction(mesh, k=k, power={"cell": POWER}, rho_cp=rho_cp, convection={"end": (5.0, 298.15)})
    run = thermal.solve_transient(problem, 298.15, 7200, sensors={"middle": 0.0}, tolerance_K=5e-3, time_error=False)
    return np.interp(318.15, run.sensors["middle"], run.step_times), run.balance.imbalance


half = ("cell", CELL / 2)  # by symmetry: half a cell, and the wax on one side
for name, layers in {"bare": [half], "wax": [half, ("wax", WAX)]}.items():
    seconds, imbalance = time_to_45(layers, {"cell": 1.0, "wax": 8.0} if name == "wax" else 1.0,
                                    {"cell": 2.2e6, "wax": wax} if name == "wax" else 2.2e6)  # fmt: skip
    print(f"{name:4} {seconds:6.0f} s to 45 degC, heat out of balance {imbalance:.0e}")
