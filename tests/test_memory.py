"""What does not fit the memory is refused before it begins, with the numbers."""

from __future__ import annotations

import pytest

from packtool import memory
from packtool.errors import MeshTooLarge


@pytest.fixture(name="machine")
def machine_fixture(monkeypatch):
    def of(**files):
        known = {
            "/proc/meminfo": files.get("meminfo", ""),
            memory.CGROUPS[0][0]: files.get("limit", ""),
            memory.CGROUPS[0][1]: files.get("used", ""),
        }
        monkeypatch.setattr(memory, "_read", lambda path: known.get(path, ""))

    return of


MEMINFO = "MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:   20000000 kB\n"


def test_what_is_available_is_the_least_of_machine_and_container(machine):
    machine(meminfo=MEMINFO, limit="max\n", used="5\n")
    assert memory.available_bytes() == 20_000_000 * 1024
    machine(meminfo=MEMINFO, limit=str(8 * 10**9), used=str(3 * 10**9))
    assert memory.available_bytes() == 5 * 10**9
    machine()
    assert memory.available_bytes() is None


def test_work_that_does_not_fit_is_refused_with_both_numbers_and_the_way_out(machine):
    machine(meminfo=MEMINFO)
    memory.refuse_beyond(20.4e9, "a mesh", "take less", MeshTooLarge)
    with pytest.raises(MeshTooLarge, match=r"a mesh needs about 20\.5 GB of memory, and 20\.5 GB are free: take less"):
        memory.refuse_beyond(20.49e9, "a mesh", "take less", MeshTooLarge)
    machine()
    memory.refuse_beyond(1e15, "a mesh", "take less", MeshTooLarge)  # it cannot be told
