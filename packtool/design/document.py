"""The tree as plain data, with the place of every key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from packtool.design.loaded import Place
from packtool.design.scalars import value_of
from packtool.design.yaml_text import wrong
from packtool.design.yaml_tree import MAX_DEPTH, MAX_NODES, Alias, Mapping, Node, Sequence, Word, read_tree
from packtool.errors import Complaint

KeyPath = tuple[str | int, ...]
"""Keys from the top; a list's entries by their index from 0."""


def dotted(path: KeyPath) -> str:
    """``("cold_plate", "passes")`` as ``cold_plate.passes``."""
    return ".".join(str(key) for key in path)


@dataclass
class Document:
    """``data``: dict, list, str, int, float, bool, None. ``places``: of every key (where the key begins) and list entry, () for the top.
    ``empty``: keys with nothing behind their colon (None in ``data``). ``complaints``, and in ``wrong`` the keys they are about."""

    data: Any
    places: dict[KeyPath, Place]
    empty: set[KeyPath] = field(default_factory=set)
    complaints: list[Complaint] = field(default_factory=list)
    wrong: set[KeyPath] = field(default_factory=set)

    def place(self, path: KeyPath) -> Place:
        """The place of ``path``, or of the nearest key above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]

    def complain(self, path: KeyPath, message: str, place: Place | None = None) -> None:
        """Add a complaint about ``path``, at its place unless another is given."""
        at = place or self.place(path)
        self.wrong.add(path)
        self.complaints.append(Complaint(at.file, at.line, at.column, dotted(path), message))


def read_document(text: str, file: str) -> Document:
    """The one document in ``text``. Raises DesignError where it is not YAML, or expands to more than ``MAX_NODES``."""
    root = read_tree(text, file)
    document = Document(None, {(): Place(file, root.line if root else 1, root.column if root else 1)})
    if root is not None:
        document.data = _Expansion(document, file).expand(root, ())
    return document


class _Expansion:
    """Nodes to data, aliases and merge keys resolved, each visit counted."""

    def __init__(self, document: Document, file: str) -> None:
        self.document, self.file = document, file
        self.visits = 0

    def expand(self, node: Node, path: KeyPath, depth: int = 0) -> Any:
        node = self._visit(node, depth)
        if isinstance(node, Word):
            if node.bare and not node.text:
                self.document.empty.add(path)
            return value_of(node.text) if node.bare else node.text
        if isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                self.document.places[*path, index] = Place(self.file, item.line, item.column)
            return [self.expand(item, (*path, index), depth + 1) for index, item in enumerate(node.items)]
        assert isinstance(node, Mapping)
        return {name: self._value(name, key, value, path, depth) for name, (key, value) in self._pairs(node, path, depth).items()}

    def _value(self, name: str, key: Node, value: Node, path: KeyPath, depth: int) -> Any:
        self.document.places[*path, name] = Place(self.file, key.line, key.column)
        return self.expand(value, (*path, name), depth + 1)

    def _pairs(self, node: Mapping, path: KeyPath, depth: int) -> dict[str, tuple[Node, Node]]:
        """Key and value nodes by name: what is merged in with ``<<`` first, own keys over it."""
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key, value in node.pairs:
            word = key.target if isinstance(key, Alias) else key
            if not isinstance(word, Word):
                self.document.complain(path, "a key is a text, not a list or mapping", Place(self.file, key.line, key.column))
            elif word.bare and word.text == "<<":
                for source in self._merged(value, path, depth):
                    for name, pair in self._pairs(source, path, depth + 1).items():
                        merged.setdefault(name, pair)
            elif word.text in own:
                first = own[word.text][0]
                self.document.complain(
                    (*path, word.text),
                    f"this key stands here twice; first on line {first.line}, column {first.column}",
                    Place(self.file, key.line, key.column),
                )
            else:
                own[word.text] = (key, value)
        return {**merged, **own}

    def _merged(self, node: Node, path: KeyPath, depth: int) -> Iterator[Mapping]:
        target = self._visit(node, depth)
        sources = target.items if isinstance(target, Sequence) else [target]
        for source in sources:
            mapping = self._visit(source, depth)
            if isinstance(mapping, Mapping):
                self.visits += len(mapping.pairs)
                yield mapping
            else:
                self.document.complain(path, "<< takes a mapping, or a list of mappings", Place(self.file, node.line, node.column))

    def _visit(self, node: Node, depth: int) -> Node:
        self.visits += 1
        if self.visits > MAX_NODES:
            raise wrong(
                self.file, f"aliases make more than {MAX_NODES:,} keys and values of this: not a design", node.line, node.column
            )
        if depth > MAX_DEPTH:
            raise wrong(self.file, f"aliases nest this deeper than {MAX_DEPTH} levels: not a design", node.line, node.column)
        return node.target if isinstance(node, Alias) else node
