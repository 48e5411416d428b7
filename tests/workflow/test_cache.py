"""A finished stage is not run again; anything that its files were made from, or the files themselves, changing makes it run."""

import pytest

from packtool.workflow.cache import StageRecord, forget, hashes_of, read_record, reasons_to_run, record_path, write_record

INPUTS = {"the geometry": "a", "packtool's own code": "b"}


@pytest.fixture
def finished(tmp_path):
    (tmp_path / "pack.step").write_text("solid")
    write_record(tmp_path, StageRecord("cad", INPUTS, hashes_of(tmp_path, ["pack.step"]), 1.0, 0.9, 100.0, {"solids": 3}))
    return tmp_path


def test_nothing_changed_means_nothing_to_do(finished):
    assert reasons_to_run(finished, "cad", INPUTS) == ()
    assert read_record(finished, "cad").report == {"solids": 3}


def test_a_changed_input_is_named(finished):
    assert reasons_to_run(finished, "cad", {**INPUTS, "the geometry": "z"}) == ("the geometry changed",)


def test_new_and_removed_inputs_are_named(finished):
    assert reasons_to_run(finished, "cad", {"the geometry": "a", "ambient": "c"}) == (
        "ambient is new",
        "packtool's own code was removed",
    )


def test_an_altered_or_missing_file_is_named(finished):
    (finished / "pack.step").write_text("edited")
    assert reasons_to_run(finished, "cad", INPUTS) == ("pack.step was altered",)
    (finished / "pack.step").unlink()
    assert reasons_to_run(finished, "cad", INPUTS) == ("pack.step is missing",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stage": "cad"}'])
def test_a_damaged_record_is_as_none(finished, text):
    record_path(finished, "cad").write_text(text)
    assert reasons_to_run(finished, "cad", INPUTS) == ("no finished result in this folder",)


def test_a_stage_that_starts_forgets_what_it_was(finished):
    forget(finished, "cad")
    forget(finished, "cad")
    assert read_record(finished, "cad") is None


def test_a_record_with_parts_of_another_kind_is_as_none(finished):
    text = record_path(finished, "cad").read_text().replace('"files": {', '"files": null, "was": {')
    record_path(finished, "cad").write_text(text.replace(', "was"', ', "report_was"'))
    assert reasons_to_run(finished, "cad", INPUTS) == ("no finished result in this folder",)
    write_record(finished, StageRecord("cad", INPUTS, None, 1.0, 0.9, 100.0, {}))
    assert read_record(finished, "cad") is None
