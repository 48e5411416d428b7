"""Results of a plate solved by finite elements, under the names that the network gives them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from packtool.coldplate.flow3d.branch_flows import channel_flows
from packtool.coldplate.flow3d.mesh_error import Estimated
from packtool.coldplate.flow3d.openings import Openings
from packtool.coldplate.flow3d.plate_solve import PlateSolution
from packtool.coldplate.network import unevenness
from packtool.layout.coolant import LPM, CoolantNetwork
from packtool.results import ZERO_CELSIUS, Result


def replaced(
    rows: tuple[Result, ...], found: PlateSolution, network: CoolantNetwork, beside: Openings, case: str
) -> tuple[Result, ...]:
    """The case's results with those of the finite-element plate in the place of the network's; parts of the network's pressure drop go.

    The pressure drop is that of the design, with its fittings; beside it stand that of the solved plate alone, its flows, and what the network says of the same.
    How uncertain the heat is that the network's plate took up is told of the temperatures, too: their rise over the inlet goes with it.
    """
    drop = found.pressure_drop
    design = drop.value + beside.beyond
    flow = next(row for row in rows if row.name == "coolant.pumping_power")
    old = next(row for row in rows if row.name == "coolant.pressure_drop")
    inlet = next(row.value for row in rows if row.name == "coolant.inlet")
    heat = next(row for row in rows if row.name == "heat.coolant")

    def side(name: str, one: Estimated) -> Result:
        share = (one.value - ZERO_CELSIUS - inlet) / abs(heat.value) if heat.value else 0.0
        error, scatter = one.error + abs(share) * (heat.error or 0.0), abs(share) * (heat.scatter or 0.0)
        return Result(
            f"temperature.cold_plate.top.{name}", one.value - ZERO_CELSIUS, "degC", error=error, scatter=scatter, case=case
        )

    per_Pa = flow.value / old.value
    new: Mapping[str, Result] = {
        "coolant.pressure_drop": Result("coolant.pressure_drop", design, "Pa", error=drop.error, scatter=beside.scatter, case=case),
        "coolant.pumping_power": Result(
            "coolant.pumping_power", per_Pa * design, "W", error=per_Pa * drop.error, scatter=per_Pa * beside.scatter, case=case
        ),
    }
    kept = [new.get(row.name, row) for row in rows if not row.name.startswith("coolant.pressure_drop.")]
    kept += [
        side("max", found.top_max),
        side("mean", found.top_mean),
        Result("coolant.cfd.pressure_drop", drop.value, "Pa", error=drop.error, case=case),
        Result("coolant.cfd.pressure_drop_network", beside.solved, "Pa", scatter=beside.solved_scatter, case=case),
        *_split(found, network, beside, case),
        Result("coolant.cfd.mass_imbalance", found.mass_imbalance, "-", case=case),
        Result("coolant.cfd.energy_imbalance", found.energy_imbalance, "-", case=case),
    ]
    return tuple(kept)


def _split(found: PlateSolution, network: CoolantNetwork, beside: Openings, case: str) -> list[Result]:
    """Flows of parallel channels and how uneven they are in the solved plate, and what the network says of that; errors are the differences from the
    coarser mesh, all of a number where there is none. They stand beside the design's: its fittings feed the headers otherwise than openings in the plane.
    """
    finest = channel_flows(found.flow, network)
    if len(finest) < 2:
        return []
    coarser = channel_flows(found.coarser, network) if found.coarser else dict.fromkeys(finest, 0.0)
    (uneven, _), (before, _) = (
        unevenness(np.array(list(flows.values())), np.zeros((0, len(flows)))) for flows in (finest, coarser)
    )
    return [
        *(
            Result(f"coolant.cfd.flow.channel[{name}]", flow / LPM, "lpm", error=abs(flow - coarser[name]) / LPM, case=case)
            for name, flow in finest.items()
        ),
        Result("coolant.cfd.flow.maldistribution", uneven, "-", error=abs(uneven - before), case=case),
        Result("coolant.cfd.flow.maldistribution_network", beside.uneven, "-", scatter=beside.uneven_scatter, case=case),
    ]


def plate_summary(found: PlateSolution) -> dict[str, float]:
    """Size and pace of the solve for run.json."""
    return {
        "plate flow elements": len(found.flow.problem.mesh.elements),
        "plate flow DOFs": found.flow.n_dofs,
        "plate heat DOFs": found.temperature.n_dofs,
        "plate nonlinear steps": len(found.flow.residuals) - 1,
        "plate Reynolds number": round(found.reynolds, 1),
        **{f"plate flow {name} [s]": round(seconds, 3) for name, seconds in found.flow.seconds.items()},
    }
