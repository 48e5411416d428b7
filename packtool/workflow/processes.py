"""Each stage in a process of its own: a crash of a kernel is an error message, and the two kernels do not share a process."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packtool import errors
from packtool.errors import MissingPart, PacktoolError, StageError

_TAIL = 2_000
"""Characters of a crashed process's last words that are worth showing."""


@dataclass(frozen=True)
class Finished:
    """What came back from a stage's process."""

    value: Any
    seconds: float
    cpu_seconds: float
    peak_MB: float


@dataclass
class StageProcess:
    """A running stage. ``start`` it, then ``wait``; ``stop`` ends it and all it started."""

    stage: str
    process: subprocess.Popen[bytes]
    answer: Path
    last_words: Path
    started: float

    @classmethod
    def start(cls, stage: str, payload: Any, scratch: Path, environment: Mapping[str, str]) -> StageProcess:
        """Run ``packtool.workflow.child`` for ``stage``; ``payload`` reaches it pickled, the answer comes back the same way."""
        scratch.mkdir(parents=True, exist_ok=True)
        handle, request = tempfile.mkstemp(prefix=f".part-{stage}-", suffix=".request", dir=scratch)
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(payload, stream)
        answer = Path(request).with_suffix(".answer")
        last_words = Path(request).with_suffix(".log")
        with last_words.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "packtool.workflow.child", request, str(answer), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                start_new_session=True,
            )
        return cls(stage, process, answer, last_words, time.monotonic())

    def wait(self) -> Finished:
        """The stage's value. Raises the PacktoolError that the stage raised, or StageError where its process crashed."""
        try:
            _, status, usage = os.wait4(self.process.pid, 0)
        except ChildProcessError:
            raise StageError(f"the {self.stage} stage was stopped") from None
        seconds = time.monotonic() - self.started
        self.process.returncode = os.waitstatus_to_exitcode(status)
        try:
            with self.answer.open("rb") as stream:
                kind, value = pickle.load(stream)
        except (OSError, EOFError, pickle.UnpicklingError):
            raise StageError(self._crash()) from None
        finally:
            self._tidy()
        if kind == "error":
            raise value
        return Finished(value, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def stop(self) -> None:
        """End the process and its children, at once."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # the thread that waits for it was quicker
                os.waitpid(self.process.pid, 0)
            self.process.returncode = -signal.SIGKILL
        self._tidy()

    def _crash(self) -> str:
        code = self.process.returncode
        how = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with code {code}"
        words = self.last_words.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip() if self.last_words.exists() else ""
        hint = " (out of memory? the system ends the largest process)" if code == -signal.SIGKILL else ""
        return f"the {self.stage} stage's process {how}{hint}" + (f"; its last words:\n{words}" if words else "")

    def _tidy(self) -> None:
        for path in (self.answer, self.last_words, self.answer.with_suffix(".request")):
            path.unlink(missing_ok=True)


def end_with_parent() -> None:
    """Ask the system to end this process when the one that started it dies, however that happens (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def sendable(error: BaseException) -> PacktoolError:
    """The error as one that the other side can raise: packtool's own pass, anything else becomes a StageError that names it."""
    if isinstance(error, PacktoolError) and type(error).__name__ in vars(errors):
        return error
    if isinstance(error, ModuleNotFoundError):
        from packtool.workflow.doctor import mend_for

        return MissingPart(f"{error.name} is not installed", mend_for(error.name or ""))
    return StageError(str(error) if isinstance(error, PacktoolError) else f"{type(error).__name__}: {error}")


def watch_parent(parent: int, interval_s: float = 1.0) -> None:
    """Leave when the parent's process id is not, or no longer, ``parent``: it may have died before ``end_with_parent`` was asked."""
    if os.getppid() != parent:
        os._exit(int(errors.ExitCode.INTERRUPTED))

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(interval_s)
        os._exit(int(errors.ExitCode.INTERRUPTED))

    threading.Thread(target=look, daemon=True).start()
