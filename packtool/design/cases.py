"""What a case of the design asks of the pack."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign


def case_current_A(loaded: LoadedDesign, case: str) -> float:
    """The pack current of a case [A], from ``current_A`` or from ``c_rate`` and the pack's capacity."""
    chosen = loaded.design.cases[case]
    if chosen.current_A is not None:
        return chosen.current_A
    assert chosen.c_rate is not None  # the schema asks for one of the two
    assert loaded.cell.capacity_Ah is not None  # the loader asks for it
    return chosen.c_rate * loaded.cell.capacity_Ah.value * loaded.design.electrical.parallel
