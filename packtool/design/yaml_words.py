"""What the YAML parser says, in the words of somebody who writes a design."""

from __future__ import annotations

import re

import yaml


def in_plain_words(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Line and column (from 1) where the user should look, and what is wrong there.

    Knows what libyaml and PyYAML's own parser say, which differ in wording; anything else is passed on as it is.
    """
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    problem = error.problem or ""
    context = error.context or ""
    at = _Spot(error.problem_mark or error.context_mark, lines)
    opened = _Spot(error.context_mark or error.problem_mark, lines)

    indentation = re.match(r"[ \t]*", at.text)
    if indentation and "\t" in indentation[0]:
        return at.line, indentation[0].index("\t") + 1, "a tab in the indentation: YAML takes spaces only"
    if "mapping values are not allowed" in problem:
        return at.says(
            "no colon is expected here: check the indentation, whether the key above has its colon, and put a text that holds "
            "a colon in quotes"
        )
    if "could not find expected ':'" in problem:
        return opened.says("a key without its colon: write 'key: value'")
    if "cannot start any token" in problem:
        return at.says(f"a text cannot start with {at.character!r}: put it in quotes")
    if "unexpected end of stream" in problem or "unexpected document separator" in problem:
        return opened.says("this quotation mark is never closed")
    if "escape" in problem:
        return at.says(r"in double quotes a backslash starts an escape: write \\ for a backslash, or use single quotes")
    if "flow mapping" in context or "flow sequence" in context:
        bracket, closing = ("{", "}") if "mapping" in context else ("[", "]")
        if at.line > len(lines) or not "".join(lines[at.line - 1 :])[at.column - 1 :].strip():
            return opened.says(f"this {bracket} is never closed: {closing} is missing")
        return at.says(f"expected a comma or {closing}, for the {bracket} of line {opened.line}, column {opened.column}")
    if "block mapping" in context:
        return at.says(
            f"this does not fit here: the mapping of line {opened.line}, column {opened.column} goes on with 'key: value' in "
            f"column {opened.column}, or ends; check the indentation and what stands before this"
        )
    if "block collection" in context or "block sequence" in context:
        return at.says(
            f"this does not fit here: the list of line {opened.line}, column {opened.column} goes on with '- entry' in "
            f"column {opened.column}, or ends; check the indentation"
        )
    if "node content" in problem:
        return at.says(
            f"a value is expected here, not {at.character!r}" if at.character else "the file ends where a value is expected"
        )
    if "alphabetic or numeric" in problem and ("alias" in context or "anchor" in context):
        return opened.says(f"a text cannot start with {opened.character!r}: put it in quotes")
    if "<document start>" in problem:
        return at.says("the design has ended before this; check the indentation and the brackets above")
    if "block scalar" in context:
        return opened.says(
            f"{opened.character!r} starts a text of several lines and stands alone on its line; else put the text in quotes"
        )
    return at.says("not valid YAML: " + ", ".join(part for part in (context, problem) if part))


class _Spot:
    """A mark, with the line it stands on."""

    def __init__(self, mark: yaml.Mark | None, lines: list[str]) -> None:
        self.line = mark.line + 1 if mark else 1
        self.column = mark.column + 1 if mark else 1
        self.text = lines[self.line - 1] if self.line <= len(lines) else ""

    @property
    def character(self) -> str:
        return self.text[self.column - 1 : self.column]

    def says(self, message: str) -> tuple[int, int, str]:
        return self.line, self.column, message
