"""Parts from STEP files: what shows without a CAD kernel is said when the design is loaded, at its place."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import packtool.design.step_files as reading
from packtool.design.load import design_from_text, load_design
from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import NeedsCad, Weighed, envelope_mm, layout_results, pack_mass_kg
from packtool.rules.judge import judge
from packtool.rules.records import Evidence

STEP = "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=MANIFOLD_SOLID_BREP('',#2);\nENDSEC;\nEND-ISO-10303-21;\n"
"""What shows of a STEP file without a kernel; the kernel would find that #2 is missing."""


@pytest.fixture
def with_parts(valid: str, tmp_path: Path):
    """The valid design with these ``parts`` behind it, loaded from a folder that holds bracket.step."""
    (tmp_path / "bracket.step").write_text(STEP)

    def of(parts: str):
        return design_from_text(f"{valid}{parts}", "pack.yaml", tmp_path)

    return of


def wrong_with(loading, parts: str) -> str:
    with pytest.raises(DesignError) as refused:
        loading(parts)
    (complaint,) = refused.value.complaints
    return str(complaint)


def test_the_content_counts_not_the_path(with_parts, tmp_path) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6}]")
    (file,) = loaded.step_files
    assert file.sha256 == hashlib.sha256(STEP.encode()).hexdigest()
    before = lay_out(loaded)
    (tmp_path / "bracket.step").write_text(STEP.replace("''", "'a'"))
    after = lay_out(with_parts("parts: [{step: bracket.step, material: al_6061_t6}]"))
    assert repr(before) != repr(after)  # which is what the stages are hashed by
    assert str(tmp_path) not in repr(after)  # another folder is no other design


def test_what_is_left_out_of_an_entry(with_parts) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6}]")
    (part,) = lay_out(loaded).imported
    assert (part.name, part.product, part.origin, part.rotation_deg, part.mass_kg) == (
        "bracket",
        "bracket",
        (0, 0, 0),
        (0, 0, 0),
        None,
    )
    assert "al_6061_t6" in loaded.materials


def test_names_and_products_of_several_entries(with_parts, tmp_path) -> None:
    (tmp_path / "lid.step").write_text(STEP + "\n")
    layout = lay_out(
        with_parts(
            "parts:\n"
            "  - {step: bracket.step, material: al_6061_t6}\n"
            "  - {step: bracket.step, material: al_6061_t6, at_mm: [1, 2, 3]}\n"
            "  - {step: bracket.step, material: pc_abs, name: left}\n"
            "  - {step: lid.step, material: al_6061_t6}\n"
        )
    )
    assert [part.name for part in layout.imported] == ["bracket", "bracket 2", "left", "lid 2"]
    assert [part.product for part in layout.imported] == [
        "bracket",
        "bracket",
        "bracket 2",
        "lid 2",
    ]  # the pack has a lid of its own


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.step", None, "there is no file .*missing.step"),
        ("brackets.step", None, "did you mean bracket.step?"),
        ("far/away.step", None, "there is no file .*: no folder .*far"),
        ("it.step", b"", "it.step is empty; export the part again"),
        ("it.step", b" \n", "is empty"),
        ("it.step", b"hello", "is no STEP file: it does not begin with ISO-10303-21; export"),
        ("it.step", b"solid cube\nfacet normal", "an STL mesh; export the part as STEP"),
        ("it.stpz", b"PK\x03\x04rest", "a zip archive; unpack it"),
        ("it.stpx", b"<?xml version='1.0'?>", "XML; export it as STEP Part 21"),
        ("it.step", STEP[:60].encode(), "is cut off: it does not end with END-ISO-10303-21"),
        ("it.step", STEP.replace("MANIFOLD_SOLID_BREP", "OPEN_SHELL").encode(), "holds no solid"),
    ],
)
def test_a_file_that_cannot_be_a_part_is_refused_at_its_place(
    with_parts, tmp_path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DesignError, match=words) as refused:
        with_parts(f"parts:\n  - material: al_6061_t6\n    step: {name}\n")
    (complaint,) = refused.value.complaints
    assert (complaint.line, complaint.column, complaint.key) == (33, 5, "parts.0.step")


def test_a_folder_names_a_file_inside(with_parts, tmp_path) -> None:
    (tmp_path / "cad").mkdir()
    (tmp_path / "cad" / "plate.stp").write_text(STEP)
    assert "cad is a folder; step takes one file, such as" in wrong_with(with_parts, "parts: [{step: cad, material: al_6061_t6}]")


def test_a_mark_across_two_reads_is_found(with_parts, monkeypatch) -> None:
    monkeypatch.setattr(reading, "_CHUNK", 50)
    assert with_parts("parts: [{step: bracket.step, material: al_6061_t6}]").step_files


def test_a_file_that_is_too_big_is_refused(with_parts, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MAX_MB", 1e-6)
    assert "1e-06 MB is the most: export the part without" in wrong_with(
        with_parts, "parts: [{step: bracket.step, material: al_6061_t6}]"
    )


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{step: bracket.step}", "parts.0.material: missing"),
        ("{material: al_6061_t6}", "parts.0.step: missing"),
        ("{step: bracket.step, material: aluminium}", "parts.0.material: no material 'aluminium' in the catalogue"),
        ("{step: bracket.step, material: al_6061}", "did you mean al_6061_t6?"),
        ("{step: bracket.step, material: al_6061_t6, at_mm: [1, 2]}", "parts.0.at_mm: takes 3 numbers, got 2"),
        ("{step: bracket.step, material: al_6061_t6, rotation_deg: 90}", "parts.0.rotation_deg: must be a list of 3 numbers"),
        (
            "{step: bracket.step, material: al_6061_t6, rotation_deg: [0, 0, 400]}",
            "parts.0.rotation_deg.2: must be from -360 to 360, got 400",
        ),
        ("{step: bracket.step, material: al_6061_t6, name: a/b}", "parts.0.name: must be a name of one line"),
        ("{step: bracket.step, material: al_6061_t6, mass_kg: 0}", "parts.0.mass_kg: must be above 0"),
        ("bracket.step", "parts.0: must be a mapping with step, material, got the text 'bracket.step'"),
        ("{step: bracket.step, material: al_6061_t6, mas_kg: 1}", "unknown key 'mas_kg'; did you mean mass_kg?"),
    ],
)
def test_a_wrong_entry_is_refused(with_parts, entry: str, words: str) -> None:
    assert words in wrong_with(with_parts, f"parts: [{entry}]")


def test_an_entry_that_is_not_in_a_list_is_refused(with_parts) -> None:
    assert "parts: must be a list of mappings, got a mapping" in wrong_with(
        with_parts, "parts: {step: bracket.step, material: al_6061_t6}"
    )


def test_a_name_twice_is_refused(with_parts) -> None:
    entry = "{step: bracket.step, material: al_6061_t6, name: left}"
    assert "parts.1.name: 'left' is the name of parts.0 already" in wrong_with(with_parts, f"parts: [{entry}, {entry}]")


@pytest.mark.parametrize("name", ["a|b", "a>b", "a[1", "a]"])
def test_what_divides_names_of_flows_and_contacts_is_in_no_name(with_parts, tmp_path, name) -> None:
    entry = f"parts: [{{step: bracket.step, material: al_6061_t6, name: '{name}'}}]"
    assert "parts.0.name: must be a name of one line without / | > [ ]" in wrong_with(with_parts, entry)
    (tmp_path / f"{name}.step").write_bytes((tmp_path / "bracket.step").read_bytes())
    (part,) = lay_out(with_parts(f"parts: [{{step: '{name}.step', material: al_6061_t6}}]")).imported
    assert part.name == re.sub(r"[^a-z0-9]", "_", name)


def test_the_name_of_a_part_of_the_pack_is_refused(with_parts) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6, name: R1C02}]")
    with pytest.raises(DesignError, match=r"pack.yaml:31:\d+: parts.0.name: 'R1C02' is the name of a part of the pack already"):
        lay_out(loaded)


def test_a_key_of_an_entry_at_the_top_is_sent_home(complaints, valid) -> None:
    (complaint,) = complaints(f"{valid}step: bracket.step\n")
    assert "it belongs under parts" in str(complaint)


def test_what_only_the_cad_can_tell_is_not_guessed(with_parts) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6, name: shelf}]")
    layout = lay_out(loaded)
    with pytest.raises(NeedsCad, match="the mass of shelf is known to the CAD only: packtool run"):
        pack_mass_kg(layout, loaded)
    with pytest.raises(NeedsCad, match="the reach of shelf is known to the CAD only"):
        envelope_mm(layout)
    names = {row.name for row in layout_results(loaded, layout)}
    assert {"mass.cells", "energy.pack"} <= names
    assert not names & {"mass.pack", "energy.per_mass", "mass.cell_fraction", "size.length", "energy.per_volume"}
    verdict = judge(Evidence(loaded, layout))
    assert "shelf" in verdict.not_checked["geometry.envelope"]
    assert not [finding for finding in verdict.findings if finding.rule == "data.imported-parts"]


@pytest.mark.parametrize(
    ("extra", "untouched", "why"), [(", meshed: false", (), "meshed: false"), ("", ("shelf",), "none of its flat faces lies on")]
)
def test_a_part_that_is_not_in_the_heat_is_noted(with_parts, extra, untouched, why) -> None:
    loaded = with_parts(f"parts: [{{step: bracket.step, material: al_6061_t6, name: shelf{extra}}}]")
    verdict = judge(Evidence(loaded, lay_out(loaded), untouched=untouched))
    (note,) = (finding for finding in verdict.findings if finding.rule == "data.imported-parts")
    assert (note.severity, note.part, note.line) == ("note", "shelf", 31)
    assert why in note.message


def test_a_name_that_says_what_kind_of_part_the_pack_has_is_refused(with_parts) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6, name: cold_plate}]")
    with pytest.raises(
        DesignError, match=r"parts.0.name: 'cold_plate' is what packtool calls a kind of part; give it another name"
    ):
        lay_out(loaded)


def test_what_the_cad_weighed_counts_in_the_verdict(with_parts) -> None:
    loaded = with_parts("parts: [{step: bracket.step, material: al_6061_t6}]")
    layout = lay_out(loaded)
    weighed = Weighed(500.0, (1300.0, 800.0, 200.0), (("tray", "bracket"), ("tray", "tray"), ("tray", "lid")))
    found = {row.name: row.value for row in layout_results(loaded, layout, weighed)}
    assert (found["mass.pack"], found["size.length"]) == (500.0, 1300.0)
    sizes = [f for f in judge(Evidence(loaded, layout, weighed=weighed)).findings if f.rule == "geometry.envelope"]
    assert [finding.holds for finding in sizes] == [False, True, True]  # the limit is 1200 mm in x
    assert sizes[0].part == "tray – bracket"
    assert sizes[0].message == "size in x, 100 mm too much, from the one to the other part"


def test_a_mass_that_the_design_gives_is_known_without_the_cad(with_parts) -> None:
    plain, heavier = with_parts(""), with_parts("parts: [{step: bracket.step, material: al_6061_t6, mass_kg: 7}]")
    assert pack_mass_kg(lay_out(heavier), heavier) == pytest.approx(pack_mass_kg(lay_out(plain), plain) + 7, rel=1e-12)


def test_paths_are_relative_to_the_design(with_parts, tmp_path, valid, monkeypatch) -> None:
    (tmp_path / "bracket.step").write_text(STEP)
    (tmp_path / "pack.yaml").write_text(valid + "parts: [{step: ./bracket.step, material: al_6061_t6}]\n")
    monkeypatch.chdir("/")
    assert load_design(tmp_path / "pack.yaml").step_files[0].path == tmp_path / "bracket.step"


def test_an_entry_is_set_from_the_command_line(valid, tmp_path) -> None:
    (tmp_path / "bracket.step").write_text(STEP)
    text = valid + "parts: [{step: bracket.step, material: al_6061_t6}]\n"
    loaded = design_from_text(text, "pack.yaml", tmp_path, ["parts.0.at_mm=[1, 2, 3]"])
    assert loaded.design.parts[0].at_mm == (1, 2, 3)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("meshed: nein", "parts.0.meshed: must be true or false, got the text 'nein'"),
        ("meshed: 0", "parts.0.meshed: must be true or false, got 0"),
        ("meshed: false, contact_W_m2K: 0", "parts.0.contact_W_m2K: must be from 1 to 1000000 W/m2/K, got 0 W/m2/K"),
        ("contact_W_m2K: true", "parts.0.contact_W_m2K: must be a number from 1 to 1000000"),
    ],
)
def test_whether_and_how_it_takes_part_in_the_heat_is_said_in_its_own_words(with_parts, given, why) -> None:
    (complaint,) = (
        line for line in wrong_with(with_parts, f"parts: [{{step: bracket.step, material: al_6061_t6, {given}}}]").splitlines()
    )
    assert why in complaint
