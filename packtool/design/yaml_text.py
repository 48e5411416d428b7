"""Bytes to text: what a design file may be made of, said before any YAML is read."""

from __future__ import annotations

import re
from pathlib import Path

from packtool.design.suggest import nearest
from packtool.errors import Complaint, DesignError

MAX_BYTES = 1_000_000
"""Largest file that is read: a design with every one of 20,000 cells overridden by hand would still fit."""

# Characters outside the printable set of YAML 1.2.2, production [1]; a byte order mark inside the text is refused as well. Listed, for
# `re` takes forty times as long to compile the set negated.
NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def wrong(file: str, message: str, line: int = 0, column: int = 0, key: str = "") -> DesignError:
    """A DesignError with one complaint."""
    return DesignError([Complaint(file, line, column, key, message)])


def read_text(path: Path, file: str, what: str = "design", most_bytes: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file, without a byte order mark.

    ``file`` is what complaints call it, ``what`` what it should be. Raises DesignError if it cannot be read, is larger than
    ``most_bytes``, or is not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except FileNotFoundError:
        raise wrong(file, f"there is no such file{_similar_file(path)}") from None
    except IsADirectoryError:
        raise wrong(file, f"this is a folder; a {what} is one file{_designs_inside(path)}") from None
    except PermissionError:
        raise wrong(file, "this file may not be read: check its permissions") from None
    except OSError as error:
        raise wrong(file, f"this file cannot be read: {error.strerror or error}") from None
    except ValueError:  # a NUL in the path
        raise wrong(file, "this is not the name of a file") from None
    return decoded(content, file, what, most_bytes)


def decoded(content: bytes, file: str, what: str = "design", most_bytes: int = MAX_BYTES) -> str:
    """The text in ``content``; raises DesignError as ``read_text`` does."""
    if len(content) > most_bytes:
        raise wrong(file, f"larger than {most_bytes / 1e6:g} MB: this is not a {what}")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise wrong(file, "encoded as UTF-16: save it as UTF-8", 1, 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the byte order mark
        offset = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        before = content[:offset].decode("utf-8-sig", errors="replace")
        line, column = place_of(before, len(before))
        raise wrong(
            file, f"not UTF-8: byte 0x{content[offset]:02x} at offset {offset}; save the file as UTF-8", line, column
        ) from None
    return text


def refuse_control_characters(text: str, file: str) -> None:
    """Raises DesignError at the first character that YAML does not allow."""
    found = NOT_PRINTABLE.search(text)
    if found:
        line, column = place_of(text, found.start())
        raise wrong(file, f"a character that YAML does not allow (U+{ord(found[0]):04X})", line, column)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at ``offset``."""
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text[:offset])
    return len(lines), len(lines[-1]) + 1


def _similar_file(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except OSError:
        return f", and no folder {path.parent}"
    similar = nearest(path.name, names)
    return f"; did you mean {path.parent / similar}?" if similar else ""


def _designs_inside(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.iterdir() if entry.suffix in (".yaml", ".yml"))
    except OSError:
        return ""
    return f", such as {path / names[0]}" if names else ""
