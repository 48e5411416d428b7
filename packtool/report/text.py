"""The verdict as a table for the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from packtool.report.counts import summary_line
from packtool.report.finding_words import SENSES, mark, place, subject
from packtool.report.quantity import number, quantity
from packtool.report.records import Checked
from packtool.rules.records import Finding, Verdict

MIN_WIDTH = 60
"""Narrowest table that still holds a rule's name and a value side by side [columns]."""

GAP = "  "
INDENT = " " * 7
MARK_WIDTH = 5
COLOURS = {"holds": "32", "FAILS": "1;31", "warns": "33", "notes": "36", "pass": "1;32", "fail": "1;31"}
"""ANSI colours of the marks; the word says the same without them."""


def _painted(word: str, colour: bool) -> str:
    return f"\033[{COLOURS[word]}m{word}\033[0m" if colour else word


def _clipped(text: str, width: int, keep: str) -> str:
    """``text`` in at most ``width`` columns; what is lost at the ``start`` or ``end`` is an ellipsis."""
    if len(text) <= width:
        return text
    return f"…{text[len(text) - width + 1 :]}" if keep == "end" else f"{text[: width - 1]}…"


def _wrapped(text: str, width: int) -> list[str]:
    return (
        textwrap.wrap(text, width - len(INDENT), initial_indent=INDENT, subsequent_indent=INDENT, break_long_words=True)
        if text
        else []
    )


def _limit(finding: Finding) -> str:
    return "" if finding.limit is None else SENSES[finding.sense] + number(finding.limit, 6)


def _places(findings: Sequence[Finding], room: int) -> list[str]:
    """Where each finding points to, in at most ``room`` columns: with its folders, else the file's name, else the line alone."""
    whole = [place(finding) for finding in findings]
    if all(len(text) <= room for text in whole):
        return whole
    short = [text.replace("\\", "/").rpartition("/")[2] for text in whole]
    if all(len(text) <= room for text in short):
        return short
    return [_clipped(f":{finding.line}" if finding.line else "", max(room, 1), "end") for finding in findings]


def _columns(findings: Sequence[Finding], width: int) -> list[tuple[str, list[str], bool]]:
    """(heading, texts, right-aligned) of the columns that have something to say; together with the mark at most ``width`` wide."""
    rules = [finding.rule for finding in findings]
    values = [quantity(f.value, f.error, f.unit) for f in findings]
    limits = [_limit(finding) for finding in findings]
    value_width = max((len(text) for text in values), default=0)
    limit_width = max((len(text) for text in limits), default=0)
    fixed = MARK_WIDTH + sum(len(GAP) + max(w, len(h)) for w, h in ((value_width, "value"), (limit_width, "limit")) if w)
    rule_width = max(len("rule"), min(max(map(len, rules), default=0), width - fixed - len(GAP)))
    columns = [("rule", [_clipped(rule, rule_width, "start") for rule in rules], False)]
    if value_width:
        columns.append(("value", values, True))
    if limit_width:
        columns.append(("limit", limits, True))
    room = width - fixed - len(GAP) - rule_width - len(GAP)
    subjects = [subject(finding) for finding in findings]
    of_width = max((len(text) for text in subjects), default=0)
    where_width = max((len(place(finding)) for finding in findings), default=0)
    if of_width and room >= max(of_width, 2) + len(GAP) + where_width:
        columns.append(("of", subjects, False))
        room -= max(of_width, 2) + len(GAP)
    if room >= len("where"):
        where = _places(findings, room)
        if any(where):
            columns.append(("where", where, False))
    return columns


def verdict_table(verdict: Verdict, width: int = 80, colour: bool = False) -> str:
    """The findings as a table with a mark in words, and the message of every finding that does not hold below its row.

    No line is wider than ``width`` columns (at least 60; ANSI colour codes not counted). Ends without a line break.
    """
    width = max(width, MIN_WIDTH)
    findings = verdict.findings
    lines: list[str] = []
    if findings:
        columns = _columns(findings, width)
        shows_subject = any(heading == "of" for heading, _, _ in columns)
        widths = [max(len(heading), max(map(len, texts))) for heading, texts, _ in columns]
        headings = [h.rjust(w) if right else h.ljust(w) for (h, _, right), w in zip(columns, widths, strict=True)]
        lines.append(f"{' ' * MARK_WIDTH}{GAP}{GAP.join(headings)}".rstrip())
        times = Counter(finding.rule for finding in findings)
        times_of = Counter((finding.rule, subject(finding)) for finding in findings)
        for row, finding in enumerate(findings):
            cells = [
                texts[row].rjust(w) if right else texts[row].ljust(w) for (_, texts, right), w in zip(columns, widths, strict=True)
            ]
            lines.append(f"{_painted(mark(finding), colour)}{GAP}{GAP.join(cells)}".rstrip())
            of = "" if shows_subject else subject(finding)
            if not finding.holds:
                lines += _wrapped(f"{of}: {finding.message}" if of else finding.message, width)
            elif of and times_of[finding.rule, of] > 1:  # the subject alone does not tell which
                lines += _wrapped(f"{of}: {finding.message}", width)
            elif times[finding.rule] > 1:
                lines += _wrapped(of or finding.message, width)
    if verdict.not_checked:
        lines += ["", "not checked"] if lines else ["not checked"]
        for rule, reason in verdict.not_checked.items():
            lines += textwrap.wrap(f"{rule}: {reason}", width, initial_indent="  ", subsequent_indent=INDENT)
    lines += [""] if lines else []
    summary = summary_line(verdict)
    word, _, rest = summary.partition(":")
    first, *more = textwrap.wrap(f"verdict: {word}:{rest}", width, subsequent_indent=INDENT)
    lines += [first.replace(f"verdict: {word}", f"verdict: {_painted(word, colour)}", 1), *more]
    return "\n".join(lines)


def verdict_text(designs: Sequence[Checked], width: int = 80, colour: bool = False) -> str:
    """Every design's name and table, or its complaints; ends with a line break."""
    blocks = []
    for checked in designs:
        title = f"{checked.name}  ({checked.file})" if checked.name and checked.name != checked.file else checked.file
        body = [str(complaint) for complaint in checked.complaints]
        if checked.verdict is None:
            body.append(f"verdict: {_painted('fail', colour)}: the design file is wrong")
        else:
            body.append(verdict_table(checked.verdict, width, colour))
        blocks.append("\n".join([_clipped(title, max(width, MIN_WIDTH), "end"), "", *body]))
    return "\n\n".join(blocks) + "\n" if blocks else ""
