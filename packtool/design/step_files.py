"""The STEP files that ``parts`` names: whether they can be what they should be, as far as that shows without a CAD kernel."""

from __future__ import annotations

import hashlib
from pathlib import Path

from packtool.design.document import Document
from packtool.design.loaded import StepFile
from packtool.design.suggest import nearest
from packtool.design.values import Values

MAX_MB = 200
"""Largest STEP file that is taken: a part with every thread and logo is some tens of MB; what is larger wants simplifying first."""
FIRST, LAST = b"ISO-10303-21;", b"END-ISO-10303-21;"
"""First and last line of the exchange structure (ISO 10303-21, clause 4)."""
SOLIDS = (b"MANIFOLD_SOLID_BREP", b"FACETED_BREP", b"BREP_WITH_VOIDS")
"""Entities of ISO 10303-42 that are solids by their boundary; the last also in longer names."""
OTHERS = (
    (b"PK\x03\x04", "a zip archive; unpack it, or export it as uncompressed STEP"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"<?xml", "XML; export it as STEP Part 21 (AP203, AP214 or AP242), not STEP-XML"),
    (b"solid ", "an STL mesh; export the part as STEP"),
)
"""How files that are something else begin, and what to do with them."""
_CHUNK = 1 << 20


def step_files(values: Values, document: Document, folder: Path) -> tuple[StepFile, ...]:
    """The file of each entry of ``parts``, in their order, paths relative to ``folder``; a complaint to ``document`` for each that is missing,
    no STEP file, cut off, without a solid, or larger than ``MAX_MB``."""
    found = []
    read: dict[Path, StepFile | str] = {}
    for index in range(len(values.at("parts") or ())):
        name = values.at("parts", index, "step")
        if not isinstance(name, str):
            continue
        path = folder / name.strip()
        if path not in read:
            read[path] = _read(path, name)
        one = read[path]
        if isinstance(one, StepFile):
            found.append(one)
        else:
            document.complain(("parts", index, "step"), one)
    _complain_of_names(values, document)
    return tuple(found)


def _read(path: Path, name: str) -> StepFile | str:
    """The file, or what is wrong with it."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            return f"{path} is no ordinary file"
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            if size > MAX_MB * 1_000_000:
                return (
                    f"{name} has {size / 1e6:,.0f} MB; {MAX_MB} MB is the most: export the part without threads, logos and fillets "
                    "that do not matter here"
                )
            stream.seek(0)
            seen, digest, tail = set[bytes](), hashlib.sha256(), b""
            head = stream.read(_CHUNK)
            chunk = head
            while chunk:
                digest.update(chunk)
                text = tail + chunk
                seen |= {mark for mark in (LAST, *SOLIDS) if mark not in seen and mark in text}
                tail = text[-64:]
                chunk = stream.read(_CHUNK)
    except FileNotFoundError:
        return f"there is no file {path}{_similar(path)}"
    except IsADirectoryError:
        return f"{path} is a folder; step takes one file{_inside(path)}"
    except PermissionError:
        return f"{path} may not be read: check its permissions"
    except (OSError, ValueError) as error:
        return f"{name!r} cannot be read: {error}"
    wrong = _wrong(head, seen)
    return f"{name} {wrong}" if wrong else StepFile(path, digest.hexdigest())


def _wrong(head: bytes, seen: set[bytes]) -> str:
    """What a file that begins with ``head`` and holds the marks ``seen`` is not; empty if it may be a STEP file with a solid."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "is empty; export the part again"
    if FIRST not in head.replace(b" ", b"")[:4096]:
        what = next((what for begins, what in OTHERS if start.startswith(begins)), "")
        return (
            f"is {what}"
            if what
            else "is no STEP file: it does not begin with ISO-10303-21; export the part as STEP (AP203, AP214 or AP242)"
        )
    if LAST not in seen:
        return "is cut off: it does not end with END-ISO-10303-21; copy or export it again"
    if not seen.intersection(SOLIDS):
        return (
            "holds no solid (only surfaces, a mesh, or references to other files); in the CAD program knit the part to a solid, and "
            "export it in one file"
        )
    return ""


def _similar(path: Path) -> str:
    try:
        names = {entry.stem: entry.name for entry in sorted(path.parent.iterdir()) if entry.suffix.lower() in (".step", ".stp")}
    except (OSError, ValueError):
        return f": no folder {path.parent}"
    similar = nearest(path.stem, names)
    return f"; did you mean {names[similar]}?" if similar else ""


def _inside(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.iterdir() if entry.suffix.lower() in (".step", ".stp"))
    except OSError:
        return ""
    return f", such as {path / names[0]}" if names else ""


def _complain_of_names(values: Values, document: Document) -> None:
    """A complaint for every name that an entry before it has."""
    first: dict[str, int] = {}
    for index in range(len(values.at("parts") or ())):
        name = values.at("parts", index, "name")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            document.complain(
                ("parts", index, "name"), f"{name!r} is the name of parts.{first[name]} already; each part has its own"
            )
