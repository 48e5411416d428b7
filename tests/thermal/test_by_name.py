"""Problems by the names of regions: the short way in for scripts."""

import numpy as np
import pytest

from packtool.errors import SolveError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.by_name import conduction
from packtool.thermal.records import Convection

MESH = mesh_boxes(
    [Box("plate", "cold_plate", "a", 0, 0, 0, 1, 1, 0.1), Box("cell", "cell", "b", 0, 0, 0.1, 1, 1, 1)], divisions=(1, 1, 1)
)
ANY_T = np.array([300.0, 310.0])


def test_one_number_is_for_every_region():
    np.testing.assert_array_equal(conduction(MESH, 5.0).conductivity, [np.eye(3) * 5.0] * 2)


def test_numbers_and_triples_by_region():
    K = conduction(MESH, {"cell": (21.0, 0.8, 20.0), "plate": 160}).conductivity
    np.testing.assert_array_equal(K, [np.eye(3) * 160.0, np.diag([21.0, 0.8, 20.0])])


def test_power_is_in_the_named_region_at_any_temperature():
    power, slope = conduction(MESH, 5.0, {"cell": 12.0}).heat.power(ANY_T)
    assert power.tolist() == [0.0, 12.0]
    assert slope.tolist() == [0.0, 0.0]
    assert conduction(MESH, 5.0).heat is None


def test_the_rest_is_handed_on():
    law = {"plate.z-": Convection(100.0, 293.15)}
    problem = conduction(
        MESH, 5.0, convection=law, temperature={"cell.z+": 300.0}, flux={"cell.x-": 10.0}, rho_cp={"cell": 2e6, "plate": 3e6}
    )
    assert problem.convection == law
    assert problem.temperature == {"cell.z+": 300.0}
    assert problem.flux == {"cell.x-": 10.0}
    assert problem.rho_cp.tolist() == [3e6, 2e6]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"k": {"cell": 1.0}}, "k is missing for plate; the mesh has the regions plate, cell"),
        ({"k": {"cell": 1.0, "plate": 1.0, "lid": 1.0}}, "k names lid"),
        ({"k": 1.0, "power": {"cel": 1.0}}, "power names cel"),
        ({"k": {"cell": (1.0, 2.0), "plate": 1.0}}, "k of cell is one number or three"),
        ({"k": 1.0, "rho_cp": {"cell": 1.0}}, "rho_cp is missing for plate"),
    ],
)
def test_names_and_shapes_that_do_not_fit_are_refused(given, told):
    with pytest.raises(SolveError, match=told):
        conduction(MESH, **given)
