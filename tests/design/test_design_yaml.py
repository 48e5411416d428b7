"""What is YAML and what is not: places, plain words, limits, and what a bare word stands for."""

from __future__ import annotations

import math
import tracemalloc

import pytest
import yaml

from packtool.design.document import read_document
from packtool.design.scalars import value_of
from packtool.design.yaml_text import MAX_BYTES, decoded
from packtool.design.yaml_tree import FAST_LOADER, MAX_DEPTH, MAX_NODES, read_tree
from packtool.errors import DesignError

LOADERS = sorted({FAST_LOADER, yaml.SafeLoader}, key=lambda loader: loader.__name__)


def complaint_about(text, loader=FAST_LOADER):
    with pytest.raises(DesignError) as caught:
        read_tree(text, "pack.yaml", loader)
    (complaint,) = caught.value.complaints
    return complaint


@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
@pytest.mark.parametrize(
    ("text", "line", "column", "heart"),
    [
        ("a:\n\tb: 1", 2, 1, "a tab in the indentation: YAML takes spaces only"),
        ("a:\n  b: 1\n \tc: 1", 3, 2, "a tab in the indentation: YAML takes spaces only"),
        ("a: é\n\tb: 1", 2, 1, "a tab in the indentation: YAML takes spaces only"),
        ("a: b: c", 1, 5, "no colon is expected here"),
        ("a\nb: 1", 2, 2, "whether the key above has its colon"),
        ("a: 1\nb 2\nc: 3", 2, 1, "a key without its colon"),
        ("a: @x", 1, 4, "a text cannot start with '@': put it in quotes"),
        ("a: `x`", 1, 4, "a text cannot start with '`'"),
        ("a: 'x\nb: 1", 1, 4, "this quotation mark is never closed"),
        ('a: "x\nb: 1', 1, 4, "this quotation mark is never closed"),
        ("a: [1, 2", 1, 4, "this [ is never closed: ] is missing"),
        ("a: {b: 1, c: 2\n", 1, 4, "this { is never closed: } is missing"),
        ("a: {b: 1\nd: 3\n", 2, 2, "expected a comma or }, for the { of line 1, column 4"),
        ("a: {\n", 2, 1, "the file ends where a value is expected"),
        ("a: }", 1, 4, "a value is expected here, not '}'"),
        ("a:\n  b: 1\n c: 2", 3, 2, "the mapping of line 1, column 1 goes on with 'key: value' in column 1, or ends"),
        ("a: 'b' c", 1, 8, "check the indentation and what stands before this"),
        ("- a\nb: 1", 2, 1, "the list of line 1, column 1 goes on with '- entry' in column 1, or ends"),
        ("{a: 1} b", 1, 8, "the design has ended before this"),
        ("a: * b", 1, 4, "a text cannot start with '*': put it in quotes"),
        ("a: >5x\n b", 1, 4, "'>' starts a text of several lines"),
        ("a: !x 1", 1, 4, "a design takes no YAML tags: remove !x"),
        ("a: !!int 1", 1, 4, "a design takes no YAML tags: remove !!int"),
        ("a: !!python/object:os.system {}", 1, 4, "a design takes no YAML tags"),
        ("a: 1\n---\nb: 1", 2, 1, "a second document starts here (---): one design is one file"),
        ("a: *b", 1, 4, "*b refers to an anchor &b that is not set above it"),
        ("a: &a [*a]", 1, 8, "*a stands inside what &a names: it would hold itself"),
        ('a: "\\q"', 1, None, "in double quotes a backslash starts an escape"),
        ('a: "\\0"', 1, 4, "this text holds a control character (U+0000)"),
        ("%YAML 3.0\n---\na: 1", 1, 1, "not valid YAML: found incompatible YAML document"),
    ],
)
def test_what_is_not_yaml_is_said_in_plain_words_at_its_place(text, line, column, heart, loader):
    complaint = complaint_about(text, loader)
    assert heart in complaint.message
    assert complaint.line == line
    assert column is None or complaint.column == column  # None: the two parsers point to the backslash and to the letter behind it


@pytest.mark.parametrize("bad", ['"\\ud800"', '"\\U00110000"', '"\\UFFFFFFFF"'])
@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
def test_an_escape_for_no_character_is_a_complaint_whatever_the_parser_makes_of_it(bad, loader):
    assert complaint_about(f"a: {bad}", loader).message


@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
def test_both_parsers_give_the_same_places(loader):
    text = "é: {ü: 1, k: [2, 3]}\r\n'q': |\n  text\n? x\n: - 1\n  - {a: b}\n"
    tree = read_tree(text, "x", loader)
    found = []

    def walk(node):
        found.append((type(node).__name__, node.line, node.column))
        for below in getattr(node, "items", []):
            walk(below)
        for key, value in getattr(node, "pairs", []):
            walk(key)
            walk(value)

    walk(tree)
    assert found == [
        ("Mapping", 1, 1), ("Word", 1, 1), ("Mapping", 1, 4), ("Word", 1, 5), ("Word", 1, 8), ("Word", 1, 11), ("Sequence", 1, 14),
        ("Word", 1, 15), ("Word", 1, 18), ("Word", 2, 1), ("Word", 2, 6), ("Word", 4, 3), ("Sequence", 5, 3), ("Word", 5, 5),
        ("Mapping", 6, 5), ("Word", 6, 6), ("Word", 6, 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "line", "column", "heart"),
    [
        (b"name: caf\xe9\n", 1, 10, "not UTF-8: byte 0xe9 at offset 9; save the file as UTF-8"),
        (b"\xef\xbb\xbfa: 1\nb: \xff", 2, 4, "not UTF-8: byte 0xff at offset 11"),
        ("a: é\nb: ".encode() + b"\xc3", 2, 4, "not UTF-8: byte 0xc3 at offset 9"),
        ("a: 1".encode("utf-16"), 1, 1, "encoded as UTF-16: save it as UTF-8"),
        (b"a" * (MAX_BYTES + 1), 0, 0, "larger than 1 MB: this is not a design"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(content, line, column, heart):
    with pytest.raises(DesignError) as caught:
        decoded(content, "pack.yaml")
    (complaint,) = caught.value.complaints
    assert heart in complaint.message
    assert (complaint.line, complaint.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "point"),
    [("a: 1\nb: \0", 2, 4, "U+0000"), ("\x07", 1, 1, "U+0007"), ("a: x\ufeff", 1, 5, "U+FEFF"), ("a: \x7f", 1, 4, "U+007F")],
)
def test_characters_that_yaml_does_not_allow_are_shown_by_their_number(text, line, column, point):
    complaint = complaint_about(text)
    assert f"a character that YAML does not allow ({point})" in complaint.message
    assert (complaint.line, complaint.column) == (line, column)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(valid, complaints):
    assert complaints(decoded(b"\xef\xbb\xbf" + valid.replace("\n", "\r\n").encode(), "pack.yaml")) == []


@pytest.mark.parametrize(
    ("text", "heart"),
    [
        ("", "empty: a design begins with packtool: 1"),
        ("\n  \n", "empty"),
        ("# only a comment", "empty"),
        ("---\n...\n", "empty"),
        ("- packtool: 1", "a design is a mapping of keys, as in 'packtool: 1', not a list"),
        ("packtool", "not a single value"),
        ("12", "not a single value"),
    ],
)
def test_a_file_that_holds_no_mapping_is_one_complaint(complaints, text, heart):
    (complaint,) = complaints(text)
    assert heart in complaint.message


@pytest.mark.slow
def test_a_bomb_of_aliases_is_refused_before_it_takes_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]  # 9^12 entries
    tracemalloc.start()
    with pytest.raises(DesignError, match=f"aliases make more than {MAX_NODES:,} keys and values"):
        read_document("\n".join(lines), "bomb.yaml")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6  # bytes; MAX_NODES places and values take about 10 MB


def test_a_bomb_of_merge_keys_is_refused_too():
    lines = ["a0: &a0 {x: 1}"] + [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, 12)]
    with pytest.raises(DesignError, match="aliases make more than"):
        read_document("\n".join(lines), "bomb.yaml")


def test_a_chain_of_aliases_is_bounded_in_depth():
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, MAX_DEPTH + 1)]
    with pytest.raises(DesignError, match="aliases nest this deeper than"):
        read_document("\n".join(lines), "bomb.yaml")


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: "])
@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
def test_depth_is_bounded_whatever_it_is_made_of(opening, loader):
    assert f"nested deeper than {MAX_DEPTH} levels" in complaint_about(opening * 100_000, loader).message


def test_the_number_of_keys_is_bounded():
    assert f"more than {MAX_NODES:,} keys and values" in complaint_about("[" + "1," * MAX_NODES + "]").message


def test_anchors_aliases_and_merge_keys_are_resolved_and_own_keys_win():
    document = read_document("base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\nsame: *b\nboth: {<<: [*b, *o], x: 9}\n", "x")
    assert document.data["same"] == {"x": 1, "y": 2}
    assert document.data["both"] == {"x": 9, "y": 2, "z": 4}
    assert (document.places["both", "x"].line, document.places["both", "z"].line) == (4, 2)


@pytest.mark.parametrize(
    ("text", "line", "column", "heart"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "this key stands here twice; first on line 1, column 1"),
        ("a: 1\n'a': 3", 2, 1, "this key stands here twice"),
        ("? [a]\n: 1\n", 1, 3, "a key is a text, not a list or mapping"),
        ("a: {<<: 3}", 1, 9, "<< takes a mapping, or a list of mappings"),
    ],
)
def test_keys_that_cannot_be_are_complaints_of_their_own(text, line, column, heart):
    (complaint,) = read_document(text, "x").complaints
    assert heart in complaint.message
    assert (complaint.line, complaint.column) == (line, column)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12), ("-3", -3), ("+3", 3), ("0", 0), ("-0", 0), ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-3", 1e-3),
        ("-1.5e+2", -150.0), ("1" * 19, 1.1111111111111112e18), ("1e999", math.inf), (".inf", math.inf), ("-.INF", -math.inf),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        # texts, though YAML 1.1 reads a number, a truth value or a date
        ("010", "010"), ("-07", "-07"), ("1_000", "1_000"), ("12:30", "12:30"), ("0x1F", "0x1F"), ("0b11", "0b11"), ("yes", "yes"),
        ("on", "on"), ("No", "No"), ("2024-01-01", "2024-01-01"), ("1e", "1e"), (".", "."), ("+", "+"), ("1.2.3", "1.2.3"), ("nan", "nan"),
        ("٣", "٣"),  # a digit, but not of YAML
    ],
)  # fmt: skip
def test_a_bare_word_is_read_by_the_core_schema(word, value):
    assert value_of(word) == value
    assert type(value_of(word)) is type(value)


def test_quotes_make_a_text_of_anything():
    assert read_document("a: '12'\nb: \"null\"\nc: |\n  5\n", "x").data == {"a": "12", "b": "null", "c": "5\n"}
