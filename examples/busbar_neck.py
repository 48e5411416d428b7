"""How hot does the narrow neck of a busbar get? Current flow and heat solved together, with a joint and resistivity that grows with T."""

from packtool import thermal

CURRENT, AIR = 300.0, 298.15  # A, K
ends = {"left": (0, 0, 0, 0.05, 0.03, 0.003), "right": (0.07, 0, 0, 0.12, 0.03, 0.003)}  # m
neck = {"neck": (0.05, 0.01, 0, 0.07, 0.02, 0.003)}

mesh = thermal.mesh_boxes(ends | neck, divisions=(6, 4, 1), contacts=[("neck", "right")])
copper = thermal.Electric(
    resistivity=dict.fromkeys(ends | neck, lambda T: 1.72e-8 * (1 + 0.00393 * (T - 293.15))),  # ohm m
    current={"left.x-": CURRENT},
    voltage={"right.x+": 0.0},
    contact_resistance={"neck|right": 2e-10},  # ohm m², a pressed joint
)
problem = thermal.conduction(
    mesh,
    k=390.0,
    temperature={"left.x-": 308.15, "right.x+": 308.15},  # the terminals' temperature
    convection={"*.z*": (8.0, AIR)},
    contact={"neck|right": 2e4},
    electric=copper,
)
solution = thermal.solve_steady(problem, degree=2)
hot, electric = solution.maximum(), solution.electric
print(f"hottest {hot.T - 273.15:.2f} degC at x = {hot.place[0] * 1e3:.1f} mm")
print(f"drop {electric.voltage['left.x-'] * 1e3:.3f} mV, heat {electric.power:.3f} W")
for name, watts in solution.power.items():
    print(f"{name:6} makes {watts:.3f} W, mean {solution.mean(name) - 273.15:.2f} degC")
print(f"balance {solution.balance.imbalance:.1e} of the heat")
