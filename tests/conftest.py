"""One cache of compiled forms for all tests and the programs they start, inside pytest's own, so that it is kept between runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from packtool.fem.start import use_cache


@pytest.fixture(scope="session", autouse=True)
def _forms(request: pytest.FixtureRequest) -> Iterator[None]:
    folder = Path(request.config.cache.mkdir("forms"))
    use_cache(folder)
    before = os.environ.get("PACKTOOL_CACHE")
    os.environ["PACKTOOL_CACHE"] = str(folder)
    yield
    if before is None:
        del os.environ["PACKTOOL_CACHE"]
    else:
        os.environ["PACKTOOL_CACHE"] = before
