"""Where the seconds of a solve went."""

from __future__ import annotations

from time import perf_counter


class Clock:
    """Wall seconds by stage: ``lap`` books the time since the last one."""

    def __init__(self) -> None:
        self._last = perf_counter()
        self.seconds: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Book the time since the last lap under ``stage``."""
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
