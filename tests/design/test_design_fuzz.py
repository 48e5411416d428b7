"""Whatever is in the file: a LoadedDesign or a DesignError, in less than a second, and nothing else."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packtool.design import load
from packtool.design.load import design_from_text
from packtool.design.loaded import LoadedDesign
from packtool.design.yaml_text import decoded
from packtool.errors import DesignError

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

NOWHERE = Path("/nonexistent-folder-of-a-test")
LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")
CPU_SECONDS = (
    20.0  # about 15 ms is usual; a document that makes the loader run away takes minutes: a hang, not a speed, is looked for
)

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def loads_or_complains(content, sets=()):
    """The complaints; none for a valid design."""
    started = time.process_time()
    complaints = None
    try:
        text = decoded(content, "pack.yaml") if isinstance(content, bytes) else content
        assert isinstance(design_from_text(text, "pack.yaml", NOWHERE, sets), LoadedDesign)
    except DesignError as error:
        complaints = error.complaints
    assert time.process_time() - started < CPU_SECONDS
    if complaints is None:
        return ()
    assert complaints
    text = content.decode("utf-8", errors="replace") if isinstance(content, bytes) else content
    lines = text.count("\n") + len(LINE_ENDS.findall(text)) + 1
    for complaint in complaints:
        assert complaint.message
        assert 0 <= complaint.line <= lines + 1  # the end of the file may count as a line
        assert "Input should" not in complaint.message
    return complaints


@pytest.fixture(autouse=True)
def no_pydantic_words(monkeypatch):
    """Our own walk along the schema finds everything that pydantic refuses."""

    def unexpected(error, document):
        raise AssertionError(f"only pydantic complained: {error}")

    monkeypatch.setattr(load, "_complain_in_pydantics_words", unexpected)


@quick
@given(st.binary(max_size=400))
def test_any_bytes(content):
    loads_or_complains(content)


@quick
@given(st.text(max_size=400))
def test_any_text(text):
    loads_or_complains(text)


@quick
@given(st.text(alphabet="ab:-[]{},&*!|>'\"#%@`?<~\n \t0 1.e_\\", max_size=120))
def test_any_text_of_the_letters_that_yaml_is_made_of(text):
    loads_or_complains(text)
    loads_or_complains("packtool: 1\n" + text)


@quick
@given(st.data())
def test_a_valid_design_with_a_piece_cut_out_moved_or_put_in(valid, data):
    start = data.draw(st.integers(0, len(valid)))
    end = data.draw(st.integers(start, min(len(valid), start + 40)))
    piece = data.draw(
        st.one_of(
            st.just(""),
            st.text(max_size=20),
            st.sampled_from([valid[start:end] * 2, "\t", ": ", "- ", "[", "}", "&a ", "*a", "---\n"]),
        )
    )
    loads_or_complains(valid[:start] + piece + valid[end:])


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(["calb-lfp176", "meg50", "pp", "steady", "x.json", "x.yaml", "R1C01"])
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["like", "kind", "material", "0", "x", "temperature_degC", "resistance_mOhm", "R1C2"]), inner, max_size=4), max_leaves=8
)  # fmt: skip


def paths_below(data, path=()):
    """Every key and entry."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, below in pairs:
        yield (*path, key)
        yield from paths_below(below, (*path, key))


@settings(quick, max_examples=80)
@given(st.data())
def test_a_valid_design_with_values_of_any_kind(valid, data):
    """Also: what pydantic refuses, our own walk along the schema finds; and the other way round."""
    design = yaml.safe_load(valid)
    for _ in range(data.draw(st.integers(1, 3))):
        *parents, last = data.draw(st.sampled_from(list(paths_below(design))))
        node = design
        for key in parents:
            node = node[key]
        change = data.draw(st.sampled_from(["value", "value", "value", "remove", "add"]))
        if change == "value":
            node[last] = data.draw(values)
        elif change == "remove":
            del node[last]
        elif isinstance(node, dict):
            node[data.draw(st.text(max_size=6))] = data.draw(values)
        if not list(paths_below(design)):
            break
    loads_or_complains(yaml.safe_dump(design, allow_unicode=True))


@quick
@given(st.one_of(st.text(max_size=30), st.builds("{}={}".format, st.sampled_from(["cell", "cell.mass_kg", "cold_plate", "cases.charge", "limits.envelope_mm.1", "a.b", "overrides.cells.R1C1.resistance_mOhm"]), st.text(max_size=20) | values.map(str))))  # fmt: skip
def test_any_setting(valid, setting):
    loads_or_complains(valid, [setting])


@pytest.mark.parametrize(
    "piece",
    ["[" * 300_000, "{" * 300_000, "a: 1\n" * 100_000, "'" + "x\n" * 200_000, "#" * 900_000, "\n" * 900_000, "[" + "a," * 300_000 + "]", "- " * 300_000, "9" * 900_000, "&a " * 100_000, "\\" * 900_000, "k" * 900_000 + ": 1"],
    ids=lambda piece: piece[:6],
)  # fmt: skip
def test_a_megabyte_of_anything_is_answered_within_a_second(valid, piece):
    assert loads_or_complains(piece)
    assert loads_or_complains(valid.replace("inlet_degC: 22", "inlet_degC: " + piece)) or piece.startswith(("#", "\n"))


@pytest.mark.parametrize(
    "key",
    [
        "passes: 2",
        "envelope_mm: [1200, 900, 300]",
        "{kind: steady, current_A: 176}",
        "{like: calb-lfp176, resistance_like: calb-ca180fi}",
    ],
)
def test_thousands_of_mistakes_in_one_place_are_answered_within_a_second(valid, key):
    for flood in ("[" + "x, " * 15_000 + "]", "{" + "".join(f"key{i}: {{}}, " for i in range(12_000)) + "}"):
        assert loads_or_complains(valid.replace(key, f"{key.partition(':')[0]}: {flood}" if not key.startswith("{") else flood))
