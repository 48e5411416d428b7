"""The published cases of laminar flow."""

import pytest

from packtool.verification.flow import CASES


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_published_flows(case):
    rows = tuple(case.run())
    assert rows
    assert [f"{row.quantity}: {row.value:.8g}, reference {row.reference:.8g}" for row in rows if not row.passes] == []
