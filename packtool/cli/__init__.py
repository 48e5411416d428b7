"""The command line: arguments in, one call, text out, exit code. Nothing is computed here."""

# --help lists the commands in the order of these imports
from packtool.cli import check

from packtool.cli import stages  # isort: skip
from packtool.cli import openfoam  # isort: skip
from packtool.cli import calibrate  # isort: skip
from packtool.cli import lists, trust  # isort: skip
from packtool.cli.console import Format
from packtool.cli.entry import main

__all__ = ["Format", "calibrate", "check", "lists", "main", "openfoam", "stages", "trust"]
