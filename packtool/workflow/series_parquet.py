"""The series of a run folder as Parquet, beside its CSV files."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from packtool.artifacts import replacing
from packtool.errors import MissingPart
from packtool.workflow.transient_files import read_series


def require_pyarrow() -> None:
    """Raise MissingPart, with the line that mends it, where Parquet cannot be written."""
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError as missing:
        raise MissingPart("pyarrow, which writes Parquet, is not installed", "pip install 'pyarrow>=15'") from missing


def write_parquet(folder: Path, cases: Sequence[str]) -> list[str]:
    """Write ``series-CASE.parquet`` and ``electrical-CASE.parquet`` for every case over time; their names. The columns are those of the
    CSV files, doubles; an empty field is null. Raises MissingPart."""
    require_pyarrow()
    import pyarrow
    import pyarrow.parquet

    names = []
    for case in cases:
        for kind in ("series", "electrical"):
            columns = read_series(folder / f"{kind}-{case}.csv")
            if not columns:
                continue
            arrays = {name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()}  # NaN becomes null
            name = f"{kind}-{case}.parquet"
            with replacing(folder / name) as temporary:
                pyarrow.parquet.write_table(pyarrow.table(arrays), temporary)
            names.append(name)
    return names
