"""What a bare word in the file stands for.

The core schema of YAML 1.2.2 (section 10.3.2), not the YAML 1.1 of PyYAML: ``1e3`` is a number, ``on`` and ``12:30`` are texts. Where
1.1 and 1.2 read different numbers (``010`` is 8 or 10) the word stays a text, so that a number's key refuses it and says why.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOT_FINITE = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_LONGEST_HINT = 40
_LONGEST_WHOLE = 18
"""Digits of a whole number that is kept exactly; longer ones are read as floating point (and Python refuses to read thousands)."""


def value_of(word: str) -> Scalar:
    """The value of an unquoted ``word``: None, a bool, an int, a float, or the word itself."""
    if word in _NULL:
        return None
    if word in _BOOLEAN:
        return _BOOLEAN[word]
    if word in _NOT_FINITE:
        return _NOT_FINITE[word]
    if _LEADING_ZERO.fullmatch(word):
        return word
    if _WHOLE.fullmatch(word) and len(word) <= _LONGEST_WHOLE:
        return int(word)
    if _REAL.fullmatch(word):
        return float(word)
    return word


def why_no_number(text: str) -> str:
    """What to write instead, for a ``text`` that stands where a number is due; begins with ``: ``, or is empty."""
    text = text.strip()
    if len(text) > _LONGEST_HINT:
        return ""
    if type(value_of(text)) in (int, float):
        return ": leave out the quotes"
    if _LEADING_ZERO.fullmatch(text):
        digits = text.lstrip("+-0") or "0"
        return f": a leading zero means octal in some YAML readers and nothing in others; write {digits}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}([_' ]?[0-9]{3})+(\.[0-9]*)?", text):
        return f": write it without separators, {re.sub('[_ ]', '', text).replace(chr(39), '')}"
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
        return f": a decimal point is a dot; write {text.replace(',', '.')}"
    if re.fullmatch(r"[-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)?", text):
        return ": a number with colons is base sixty in some YAML readers; write it in the key's own unit"
    if re.fullmatch(r"[-+]?0[xXoObB][0-9a-fA-F]+", text):
        return ": write it in decimal"
    number = re.match(r"([-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)\s*[^\W\d_%°]|([-+]?[0-9]+(?:\.[0-9]*)?)\s*[%°]", text)
    if number:
        return f": the unit is in the key; write {number[1] or number[2]}"
    return ""
