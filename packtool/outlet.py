"""Standard output and error that write UTF-8 whatever the locale and do not mind a reader that has gone away."""

from __future__ import annotations

import io
import os
import sys


class Outlet(io.TextIOWrapper):
    """A text stream whose broken pipe is no error: what is written after it is thrown away, so that exit codes stay what they are.

    Any other failure (a full disk) is raised once. File names that are not valid in the locale pass through as the bytes they are.
    """

    def write(self, text: str) -> int:
        """Write; to nowhere once the reader has gone."""
        try:
            return super().write(text)
        except OSError as error:
            self._failed(error)
            return len(text)

    def flush(self) -> None:
        """Flush; to nowhere once the reader has gone."""
        try:
            super().flush()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise error


def open_outlets() -> None:
    """Put outlets in the place of ``sys.stdout`` and ``sys.stderr``; one that the caller has closed goes nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = open(os.devnull, "wb") if stream is None else stream.detach()  # noqa: SIM115 (open until the process ends)
        at_once = name == "stderr"
        lines = at_once or raw.isatty()
        setattr(sys, name, Outlet(raw, encoding="utf-8", errors="surrogateescape", line_buffering=lines, write_through=at_once))
