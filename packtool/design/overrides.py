"""``--set path=value``: keys from the command line over those of the file."""

from __future__ import annotations

from typing import Any

from packtool.design.document import Document, KeyPath, dotted, read_document
from packtool.design.loaded import Place
from packtool.design.wording import shown
from packtool.design.yaml_text import decoded, wrong
from packtool.errors import DesignError

MAX_PARTS = 16
"""Most keys in a path; the design's deepest has five."""


def split_setting(setting: str) -> tuple[str, str]:
    """Path and value of ``path=value``; raises DesignError where there is no ``=`` or no path."""
    path, equals, value = setting.partition("=")
    if not equals or not path.strip():
        raise wrong(f"--set {setting}", "write --set path=value, as in --set cold_plate.flow_lpm=10")
    return path.strip(), value


def apply_setting(document: Document, setting: str) -> None:
    """Put one ``path=value`` into ``document``.

    The value is read like one in the file; keys on the way that are not there are made. ``a.0`` is the first entry of a list.
    Raises DesignError where the value is not YAML or the path leads into something that is not a mapping or list.
    """
    path_text, value_text = split_setting(setting)
    place = Place(f"--set {setting}", 0, 0)
    value = _read_value(value_text, place.file)
    if not isinstance(document.data, dict):
        raise wrong(place.file, "the design is not a mapping: there is no key to set")
    path = _path(document.data, path_text.split("."), place.file)
    _put(document, path, value.data)
    for known in [known for known in document.places if known[: len(path)] == path]:
        del document.places[known]
    document.empty -= {empty for empty in document.empty if empty[: len(path)] == path}
    for depth in range(1, len(path)):
        document.places.setdefault(path[:depth], place)
    for inner in value.places:
        document.places[(*path, *inner)] = place
    document.empty |= {(*path, *inner) for inner in value.empty}


def _read_value(text: str, file: str) -> Document:
    """The value as a document; every complaint without line and column, which a command line has not got."""
    try:
        value = read_document(decoded(text.encode("utf-8", errors="surrogateescape"), file), file)
    except DesignError as error:
        raise wrong(file, error.complaints[0].message) from None
    if value.complaints:
        raise wrong(file, value.complaints[0].message, key=value.complaints[0].key)
    if not text.strip():
        value.empty.add(())
    return value


def _path(data: dict[str, Any], parts: list[str], file: str) -> KeyPath:
    """The keys that ``parts`` stand for: where a mapping holds a key with dots in it, the longest that fits."""
    if not all(parts) or len(parts) > MAX_PARTS:
        raise wrong(file, "the path is keys with a dot between them, as in cold_plate.flow_lpm")
    path: list[str | int] = []
    node: Any = data
    while parts:
        taken = 1
        key: str | int = parts[0]
        if isinstance(node, dict):
            taken = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in node), 1)
            key = ".".join(parts[:taken])
            node = node.get(key)
        elif isinstance(node, list):
            if not parts[0].isdecimal() or len(parts[0]) > 6 or int(parts[0]) >= len(node):
                raise wrong(
                    file, f"{dotted(tuple(path))} has entries 0 to {len(node) - 1}" if node else f"{dotted(tuple(path))} is empty"
                )
            key = int(parts[0])
            node = node[key]
        elif node is not None:
            inside = ".".join(parts)
            like = (
                f"; to change one figure: --set '{dotted(tuple(path))}={{like: {node}, {inside}: ...}}'" if path == ["cell"] else ""
            )
            raise wrong(file, f"{dotted(tuple(path))} is {shown(node)}, which has no key {inside}{like}")
        path.append(key)
        parts = parts[taken:]
    return tuple(path)


def _put(document: Document, path: KeyPath, value: Any) -> None:
    node: Any = document.data
    for key in path[:-1]:
        if isinstance(node, dict) and node.get(str(key)) is None:
            node[key] = {}
        node = node[key]
    node[path[-1]] = value
