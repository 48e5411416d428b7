"""The command line: arguments in, one call, text out, exit code. Nothing is computed here."""

from packtool.cli import check, lists, stages, trust
from packtool.cli.console import Format
from packtool.cli.entry import main

__all__ = ["Format", "check", "lists", "main", "stages", "trust"]
