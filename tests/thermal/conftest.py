"""One cache of compiled forms for all runs of the tests, inside pytest's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from packtool.fem.start import use_cache


@pytest.fixture(scope="session", autouse=True)
def _forms(request: pytest.FixtureRequest) -> None:
    use_cache(Path(request.config.cache.mkdir("forms")))
