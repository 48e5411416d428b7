"""Numpy arrays into vtk and back. vtk's own numpy_support sets array shapes in place, which numpy 2.5 warns about."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkDoubleArray, vtkIdTypeArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def doubles(values: Floats) -> vtkDoubleArray:
    """A vtk array with a copy of ``values`` (n,) or (n, components)."""
    flat = np.ascontiguousarray(values, dtype=np.float64)
    view, copy = vtkDoubleArray(), vtkDoubleArray()
    for array in (view, copy):
        array.SetNumberOfComponents(1 if flat.ndim == 1 else flat.shape[1])
    view.SetVoidArray(flat, flat.size, 1)
    copy.DeepCopy(view)
    return copy


def _ids(values: Integers) -> vtkIdTypeArray:
    flat = np.ascontiguousarray(values, dtype=np.int64).ravel()
    view, copy = vtkIdTypeArray(), vtkIdTypeArray()
    view.SetVoidArray(flat, flat.size, 1)
    copy.DeepCopy(view)
    return copy


def numbers(array: Any) -> NDArray[Any]:
    """A copy of a vtk array of any type, (n,) or (n, components)."""
    components = array.GetNumberOfComponents()
    flat = np.array(memoryview(array)).ravel() if array.GetNumberOfTuples() else np.empty(0)
    return flat if components == 1 else flat.reshape(-1, components)


def _points(points: Floats) -> vtkPoints:
    made = vtkPoints()
    made.SetData(doubles(points))
    return made


def _cells(nodes: Integers) -> vtkCellArray:
    """Cells of as many nodes each as ``nodes`` (n, k) has columns."""
    cells = vtkCellArray()
    cells.SetData(_ids(np.arange(0, nodes.size + 1, nodes.shape[1])), _ids(nodes))
    return cells


def polygons(points: Floats, faces: Integers, normals: Floats | None = None) -> vtkPolyData:
    """vtk faces ``faces`` (n, 3 or 4) over ``points`` (m, 3), with ``normals`` (m, 3) if given."""
    data = vtkPolyData()
    data.SetPoints(_points(points))
    data.SetPolys(_cells(faces))
    if normals is not None:
        data.GetPointData().SetNormals(doubles(normals))
    return data


def segments(ends: Floats) -> vtkPolyData:
    """vtk lines ``ends`` (k, 2, 3)."""
    data = vtkPolyData()
    data.SetPoints(_points(ends.reshape(-1, 3)))
    data.SetLines(_cells(np.arange(2 * len(ends)).reshape(-1, 2)))
    return data
