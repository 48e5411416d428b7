"""How warm does a plate get over a channel of coolant? Conduction in the plate and developing films in the channel, two-way, in ten lines."""

from packtool import coldplate, thermal

LENGTH, WIDTH, DEPTH = 0.4, 0.03, 0.003  # m; the channel runs along the plate's underside
mesh = thermal.mesh_boxes(
    {"plate": (0, 0, 0, LENGTH, WIDTH, 0.004)}, divisions=(60, 1, 2), boundaries={"plate.z-": "wet", "plate.z+": "heated"}
)
way = coldplate.Channel("way", "in", "out", [(0, WIDTH / 2), (LENGTH, WIDTH / 2)], WIDTH, DEPTH, bottom=-DEPTH)
print("flow [L/min]  drop [Pa]  coolant out  plate max [degC]  h first, last [W/m²K]")
for litres in (0.5, 1.0, 2.0):
    plate = coldplate.solve_plate(mesh, 160.0, way, "meg50", 298.15, walls="wet", flow=litres / 60e3, flux={"heated": 5000.0})
    h, out = plate.coolant.path.h, plate.T_outlet - 273.15
    print(
        f"{litres:12g} {plate.coolant.pressure_drop_Pa:10.1f} {out:12.3f} {plate.T.max() - 273.15:17.2f} {h[0]:14.0f}, {h[-1]:.0f}"
    )
    assert abs(plate.coolant.enthalpy_rise_W - 5000.0 * LENGTH * WIDTH) < 1e-4  # W: all heat is in the coolant
