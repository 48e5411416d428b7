"""Whether mpiexec started this process, and as which rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_RANKS = (("PMI_RANK", "PMI_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"))
"""What MPICH and its kin set, and Open MPI."""

_LAUNCHERS = ("PMI_", "PMIX_", "OMPI_", "MPIR_", "HYDRA_", "HYDI_", "MPI_LOCAL")


@dataclass(frozen=True, slots=True)
class Launch:
    """This process is ``rank`` of ``size``."""

    rank: int = 0
    size: int = 1


def launched(environment: Mapping[str, str]) -> Launch:
    """What mpiexec said in ``environment``; the only rank where it said nothing."""
    for names in _RANKS:
        rank, size = (environment.get(name, "") for name in names)
        if rank.isdigit() and size.isdigit():
            return Launch(int(rank), int(size))
    return Launch()


def without_launcher(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` for processes that are no ranks."""
    return {name: value for name, value in environment.items() if not name.startswith(_LAUNCHERS)}
