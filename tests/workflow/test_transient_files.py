"""What a case over time leaves in the run folder, read back by VTK's own readers and, where it is installed, pyarrow."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import numpy as np
import pytest

from packtool.errors import MissingPart
from packtool.mesh.boxes import mesh_boxes
from packtool.workflow.series_parquet import require_pyarrow, write_parquet
from packtool.workflow.transient_files import ELECTRICAL, SERIES, read_series, write_transient

MESH = mesh_boxes({"R1C01": (0, 0, 0, 0.1, 0.2, 0.3), "R1C02": (0.1, 0, 0, 0.2, 0.2, 0.3)}, divisions=(2, 2, 3))
TIMES = (10.0, 25.0)


def moment(t, interval):
    cells = np.array([300.0 + t, 301.0 + t])
    return SimpleNamespace(
        t=t, interval=interval, soc=np.array([0.5, 0.6]), mean=cells, low=cells - 1, high=cells + 1, coolant_out=np.nan,
        to_coolant=0.0, to_ambient=5.0, sensors=np.array([310.0]), heated=np.array([40.0]),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """The files of a run of two outputs on two boxes."""
    last = SimpleNamespace(current=7.0, voltage=6.6, group_voltage=np.array([3.2, 3.4]))
    interval = SimpleNamespace(
        last=last, joule=np.ones(2), reversible=np.zeros(2), busbar=np.zeros(2), beside=0.0, trace=np.array([[0, 7, 6.6, 3.2, 3.4], [25, 7, 6.5, 3.1, 3.3]])
    )  # fmt: skip
    run = SimpleNamespace(
        outputs=TIMES, fields=np.stack([300.0 + MESH.points[:, 0], 320.0 + MESH.points[:, 2]]), hottest=np.full(len(MESH.points), 320.0),
        moments=(moment(0.0, None), moment(25.0, interval)), melting=SimpleNamespace(names=()),
    )  # fmt: skip
    names = write_transient(tmp_path, "day", MESH, run, [float("nan"), 315.0], ["nose"], ["pads"])
    assert all((tmp_path / name).is_file() for name in names)
    return tmp_path


def numbers(array):
    """The values of a VTK array of scalars."""
    return [array.GetTuple1(i) for i in range(array.GetNumberOfTuples())]


@pytest.mark.picture  # VTK's reader
def test_vtk_reads_every_file_of_the_pvd(folder):
    from vtkmodules.vtkIOXML import vtkXMLUnstructuredGridReader

    sets = ElementTree.parse(folder / "thermal-day.pvd").getroot().findall("Collection/DataSet")
    assert [float(one.get("timestep")) for one in sets] == list(TIMES)
    for one, level in zip(sets, (300.0, 320.0), strict=True):
        reader = vtkXMLUnstructuredGridReader()
        reader.SetFileName(str(folder / one.get("file")))
        reader.Update()
        grid = reader.GetOutput()
        assert (grid.GetNumberOfPoints(), grid.GetNumberOfCells()) == (len(MESH.points), len(MESH.hexes))
        T = numbers(grid.GetPointData().GetArray("temperature_degC"))
        along = MESH.points[:, 0] if level == 300.0 else MESH.points[:, 2]
        assert pytest.approx(level + along - 273.15, abs=1e-9) == T


@pytest.mark.picture  # VTK's reader
def test_vtk_reads_the_xdmf_at_every_time(folder):
    from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as Pipeline
    from vtkmodules.vtkIOXdmf2 import vtkXdmfReader

    reader = vtkXdmfReader()
    reader.SetFileName(str(folder / "thermal-day.xdmf"))
    reader.UpdateInformation()
    told = reader.GetExecutive().GetOutputInformation(0)
    assert [told.Get(Pipeline.TIME_STEPS(), i) for i in range(told.Length(Pipeline.TIME_STEPS()))] == list(TIMES)
    for time, level, axis in ((10.0, 300.0, 0), (25.0, 320.0, 2)):
        reader.UpdateTimeStep(time)
        grid = reader.GetOutputDataObject(0)
        assert (grid.GetNumberOfPoints(), grid.GetNumberOfCells()) == (len(MESH.points), len(MESH.hexes))
        at = np.array([grid.GetPoint(i) for i in range(grid.GetNumberOfPoints())])
        T = numbers(grid.GetPointData().GetArray("temperature_degC"))
        assert pytest.approx(level + at[:, axis] - 273.15, abs=1e-5) == T  # single precision
        assert set(numbers(grid.GetCellData().GetArray("region"))) == {0, 1}


def test_the_series_has_its_columns_and_those_of_sensors_and_heaters(folder):
    series = read_series(folder / "series-day.csv")
    assert tuple(series) == (*SERIES, "sensor_nose_degC", "heater_pads_W")
    assert series["time_s"] == (0.0, 25.0)
    assert series["sensor_nose_degC"] == pytest.approx((36.85, 36.85))
    assert np.isnan(series["current_A"][0])
    assert series["T_busbar_max_degC"] == pytest.approx((np.nan, 41.85), nan_ok=True)
    assert tuple(read_series(folder / "electrical-day.csv")) == ELECTRICAL


def test_parquet_has_the_same_columns(folder):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert write_parquet(folder, ["day", "a-steady-case"]) == ["series-day.parquet", "electrical-day.parquet"]
    table = parquet.read_table(folder / "series-day.parquet")
    series = read_series(folder / "series-day.csv")
    assert table.column_names == list(series)
    assert table["T_max_degC"].to_pylist() == pytest.approx(series["T_max_degC"])
    assert table["current_A"].to_pylist() == [None, 7.0]


def test_without_pyarrow_parquet_is_refused_with_the_line_that_mends_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPart, match="pyarrow") as missing:
        require_pyarrow()
    assert "pip install 'pyarrow>=15'" in str(missing.value) + str(getattr(missing.value, "mend", ""))
    with pytest.raises(MissingPart):
        write_parquet(tmp_path, ["day"])
