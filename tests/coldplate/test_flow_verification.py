"""The published cases of laminar flow, and of heat from one wall into it."""

import pytest

from packtool.verification.flow import CASES
from packtool.verification.one_wall import CASES as ONE_WALL

pytestmark = pytest.mark.fem


@pytest.mark.slow
@pytest.mark.parametrize("case", [*CASES, *ONE_WALL], ids=lambda case: case.id)
def test_published_flows(case):
    rows = tuple(case.run())
    assert rows
    assert [f"{row.quantity}: {row.value:.8g}, reference {row.reference:.8g}" for row in rows if not row.passes] == []
