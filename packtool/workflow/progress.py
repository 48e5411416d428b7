"""What a watching user sees while the stages run: one line a stage, with its seconds and memory."""

from __future__ import annotations

import time
from types import TracebackType
from typing import IO, Any

from packtool.workflow.run import Event

TITLES = {
    "cad": "CAD",
    "mesh": "mesh",
    "export-mesh": "mesh for others",
    "solve": "heat and coolant",
    "report": "pictures, report",
}


class Progress:
    """Context manager: ``tell`` it the events of a run. ``live``: keep the running stages' clocks moving (a terminal)."""

    def __init__(self, stream: IO[str], *, quiet: bool, verbose: bool, live: bool) -> None:
        self._stream, self._quiet, self._verbose = stream, quiet, verbose
        self._live = live
        self._display: Any = None
        self._rows: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        if self._live:
            from rich.console import Console
            from rich.progress import Progress as Display
            from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

            self._display = Display(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(file=self._stream, stderr=True),
                transient=True,
            )
            self._display.start()
        self._began = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._display is not None:
            self._display.stop()

    def tell(self, event: Event) -> None:
        """Show one event."""
        if self._quiet:
            return
        title = TITLES.get(event.stage, event.stage)
        if event.what == "started":
            if self._display is not None:
                self._rows[event.stage] = self._display.add_task(title, total=None)
            if self._verbose:
                self._line(f"{title:<18} runs: {'; '.join(event.reasons)}")
            return
        if self._display is not None and event.stage in self._rows:
            self._display.remove_task(self._rows.pop(event.stage))
        if event.what == "finished":
            self._line(f"{title:<18} {event.seconds:6.1f} s  {event.peak_MB:6.0f} MB")
        elif event.what == "current":
            self._line(f"{title:<18} up to date")
        else:
            self._line(f"{title:<18} failed")

    def _line(self, text: str) -> None:
        if self._display is not None:
            self._display.console.print(text, markup=False, highlight=False)
        else:
            self._stream.write(text + "\n")
            self._stream.flush()
