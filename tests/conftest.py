"""For all tests: one cache of compiled forms, kept between runs inside pytest's own (if that is on), no import of modules whose mark is left out, and
property tests that try the same examples each time; ``--hypothesis-profile search`` tries others."""

from __future__ import annotations

import gc
import math
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from packtool.fem.start import use_cache

settings.register_profile("repeatable", derandomize=True)  # CI judges the change at hand, not its luck
settings.register_profile("search", derandomize=False)
settings.load_profile("repeatable")

gc.set_threshold(20_000)  # not after every 700 new objects: the tests make many, and keep them


@pytest.hookimpl(trylast=True)  # after the profile of the command line is loaded
def pytest_configure(config: pytest.Config) -> None:
    """Workers take the files in the order of ``pytest_collection_modifyitems``, not by their number of tests.

    Repeatable property tests draw nothing from the constants of the sources: any change there would change their examples, and to read
    them takes a seventh of the collection. (Hypothesis has no setting for it, hence its private name.)"""
    config.option.loadscopereorder = False
    if settings.get_current_profile_name() == "repeatable":
        none = providers._local_constants
        providers._get_local_constants = lambda: none


@pytest.fixture(scope="session", autouse=True)
def _forms(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    keeps = request.config.pluginmanager.hasplugin("cacheprovider")
    folder = Path(request.config.cache.mkdir("forms")) if keeps else tmp_path_factory.mktemp("forms")
    use_cache(folder)
    before = os.environ.get("PACKTOOL_CACHE")
    os.environ["PACKTOOL_CACHE"] = str(folder)
    yield
    if before is None:
        del os.environ["PACKTOOL_CACHE"]
    else:
        os.environ["PACKTOOL_CACHE"] = before


WEIGHTS = {"fem": 3.0, "slow": 3.0, "cad": 1.0, "picture": 1.0}
"""How much longer a test with a mark takes; one without any takes a hundredth."""


@pytest.hookimpl(trylast=True)  # of what ``-m`` has left
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several workers share the files, those that promise to take longest begin first: none is left for one worker at the end."""
    if not hasattr(config, "workerinput"):
        return
    expected: Counter[Path] = Counter()
    for item in items:
        marks = [weight for mark, weight in WEIGHTS.items() if item.get_closest_marker(mark)]
        expected[item.path] += math.prod(marks) if marks else 0.01
    items.sort(key=lambda item: -expected[item.path])


def pytest_collection_finish() -> None:
    """What collection has made stays to the end: the garbage collector need not walk it again."""
    gc.collect()
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module that is marked as a whole is not imported where ``-m`` leaves its mark out: loading the CAD kernel and dolfinx takes as long
    as the fast tests."""
    chosen = config.option.markexpr
    left_out = set(re.findall(r"\bnot (\w+)", chosen))
    if not left_out or re.search(r"\b(or|\()", chosen) or collection_path.suffix != ".py":
        return None
    of_module = re.search(r"^pytestmark = (.*)$", collection_path.read_text(encoding="utf-8"), re.MULTILINE)
    return True if of_module and left_out & set(re.findall(r"pytest\.mark\.(\w+)", of_module[1])) else None
