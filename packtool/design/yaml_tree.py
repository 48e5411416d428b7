"""YAML text to a tree of nodes with their places.

Built from PyYAML's events rather than by its composer: nothing here recurses, so depth and size are bounded before they cost anything,
and aliases stay aliases until they are counted (document.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from packtool.design.yaml_text import NOT_PRINTABLE, refuse_control_characters, wrong
from packtool.design.yaml_words import in_plain_words

MAX_DEPTH = 32
"""Deepest nesting that is read; a design needs five."""
MAX_NODES = 40_000
"""Most keys and values that are read, aliases counted each time: 10,000 overridden cells, of four each."""

FAST_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it (ten times faster, the same start marks), else the one in Python."""


@dataclass(slots=True)
class Node:
    """A piece of YAML; ``line`` and ``column`` from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Word(Node):
    """A scalar. ``bare``: not quoted and not a block, so that it may be a number."""

    text: str
    bare: bool


@dataclass(slots=True)
class Sequence(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping(Node):
    """Keys and values in the order of the file; a key may stand there twice."""

    pairs: list[tuple[Node, Node]] = field(default_factory=list)


@dataclass(slots=True)
class Alias(Node):
    """``*name``: the anchored node again."""

    target: Node


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: Sequence | Mapping
    anchor: str | None
    key: Node | None = None

    def add(self, child: Node) -> None:
        if isinstance(self.node, Sequence):
            self.node.items.append(child)
        elif self.key is None:
            self.key = child
        else:
            self.node.pairs.append((self.key, child))
            self.key = None


def read_tree(text: str, file: str, loader: type = FAST_LOADER) -> Node | None:
    """The tree of the one document in ``text``; None if there is none.

    Raises DesignError, with ``file``, line and column: control characters, not YAML, more than one document, deeper than ``MAX_DEPTH``, more than
    ``MAX_NODES``, a tag, an alias that nothing is anchored to, or that holds itself.
    """
    refuse_control_characters(text, file)
    builder = _Builder(file)
    for event in _events(text, file, loader):
        assert event.start_mark is not None  # every event that a parser gives has one
        builder.take(event, event.start_mark.line + 1, event.start_mark.column + 1)
    return builder.root


class _Builder:
    """Nodes from events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.opened: list[_Open] = []
        self.anchored: dict[str, Node] = {}
        self.documents = self.nodes = 0

    def take(self, event: yaml.Event, line: int, column: int) -> None:
        """The next event, which begins at ``line`` and ``column``."""
        if isinstance(event, yaml.CollectionEndEvent):
            ended = self.opened.pop()
            self._finish(ended.node, ended.anchor)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise wrong(self.file, "a second document starts here (---): one design is one file", line, column)
        elif isinstance(event, yaml.NodeEvent):
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise wrong(self.file, f"more than {MAX_NODES:,} keys and values: this is not a design", line, column)
            if isinstance(event, yaml.AliasEvent):
                self._finish(self._alias(event.anchor or "", line, column), None)
            elif isinstance(event, yaml.ScalarEvent):
                self._refuse_tag(event.tag, line, column)
                self._finish(_word(event, self.file, line, column), event.anchor)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._refuse_tag(event.tag, line, column)
                if len(self.opened) == MAX_DEPTH:
                    raise wrong(self.file, f"nested deeper than {MAX_DEPTH} levels: this is not a design", line, column)
                kind = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
                self.opened.append(_Open(kind(line, column), event.anchor))

    def _finish(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchored[anchor] = node
        if self.opened:
            self.opened[-1].add(node)
        else:
            self.root = node

    def _refuse_tag(self, tag: str | None, line: int, column: int) -> None:
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            raise wrong(self.file, f"a design takes no YAML tags: remove {shown} (quotes make a text of a number)", line, column)

    def _alias(self, name: str, line: int, column: int) -> Alias:
        if any(parent.anchor == name for parent in self.opened):
            raise wrong(self.file, f"*{name} stands inside what &{name} names: it would hold itself", line, column)
        if name not in self.anchored:
            message = f"*{name} refers to an anchor &{name} that is not set above it; put a text that starts with * in quotes"
            raise wrong(self.file, message, line, column)
        return Alias(line, column, self.anchored[name])


def _events(text: str, file: str, loader: type) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line, column, message = in_plain_words(error, text)
        raise wrong(file, message, line, column) from None
    except (
        yaml.YAMLError,
        ValueError,
        OverflowError,
    ) as error:  # the parser in Python lets some bad escapes and directives through
        raise wrong(file, f"not valid YAML: {str(error).splitlines()[0]}") from None


def _word(event: yaml.ScalarEvent, file: str, line: int, column: int) -> Word:
    control = NOT_PRINTABLE.search(event.value)
    if control:
        raise wrong(file, f"this text holds a control character (U+{ord(control[0]):04X})", line, column)
    return Word(line, column, event.value, bare=not event.style)
