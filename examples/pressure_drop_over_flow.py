"""What flow can the pump of the bus pack afford? Pressure drop and pumping power of its cold plate over the flow; no mesh, no heat."""

from pathlib import Path

from packtool.coldplate.solve import solve_coldplate_isothermal
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[1] / "templates" / "bus-lfp.yaml"

loaded = load_design(BUS)
network, plate = lay_out(loaded).network, loaded.design.cold_plate
assert network
assert plate  # the bus pack has a cold plate
coolant = loaded.coolants[plate.coolant]

print("flow [L/min]  drop [kPa]          pump [W]  Re max  regime")
for flow in (2.0, 4.0, 8.0, 12.0, 16.0):
    at = solve_coldplate_isothermal(network, plate.model_copy(update={"flow_lpm": flow}), coolant, plate.inlet_degC + 273.15)
    regimes = "+".join(sorted(set(at.path.regime)))
    print(
        f"{flow:12g}  {at.pressure_drop_Pa / 1e3:7.3f} ± {at.pressure_uncertainty_Pa / 1e3:5.3f}  "
        f"{at.pumping_power_W:8.3f}  {at.max_Re:6.0f}  {regimes}"
    )
