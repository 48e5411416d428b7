"""How does a pump's flow split between two serpentine plates side by side, and how warm do they run? From ducts to flows and temperatures."""

from packtool import coldplate
from packtool.coldplate import Bend, Duct, Pump

loop = coldplate.ducts(
    [
        Pump("pump", "tank", "feed", flow=(0, 1.5e-4, 3e-4), head=(90e3, 70e3, 0)),  # m³/s, Pa
        Duct("hose", "feed", "tee", length=2.0, diameter=16e-3, bends=[Bend(90, radius=0.05)] * 3),  # m
        Duct("short plate", "tee", "back", length=6.0, width=16e-3, height=4e-3, bends=[Bend()] * 12),
        Duct("long plate", "tee", "back", length=9.0, width=16e-3, height=4e-3, bends=[Bend()] * 18),
        Duct("return", "back", "radiator", length=2.0, diameter=16e-3, K=2.5),
    ],
    inlet="tank",
    outlet="radiator",
)
flow = coldplate.solve_ducts(loop, "meg50", T_in=298.15, pressure_drop=0.0, heat={"short plate": 900.0, "long plate": 1100.0})

print(f"pump         {flow.volume_flow * 60e3:6.2f} L/min  {flow.pressure['feed'] / 1e3:6.2f} kPa  {flow.pumping_power:5.2f} W")
for plate in ("short plate", "long plate"):
    print(
        f"{plate:12s} {flow.mass_flow[plate] / flow.total:6.1%} of it  Re {flow.Re[plate]:4.0f} {flow.regime[plate]}  h {flow.h[plate]:4.0f} W/m²K"
        f"  out {flow.T_out[plate] - 273.15:5.2f} degC  wall {flow.T_wall_max[plate] - 273.15:5.2f} degC"
    )
print(f"together     out {flow.T_outlet - 273.15:5.2f} degC, heat taken up {flow.enthalpy_rise:.3f} W")
