"""``python -m packtool`` is ``packtool``."""

from packtool.cli import main

main()
