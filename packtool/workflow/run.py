"""Carry out the stages of a design over a run folder: what can run side by side does, what is up to date does not run."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packtool.artifacts import write_json
from packtool.errors import PacktoolError, StageError, UsageError
from packtool.fem.start import refuse_without_compiler
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence, Verdict
from packtool.workflow.cache import HIDDEN, StageRecord, forget, hashes_of, read_record, write_record
from packtool.workflow.cad_verdict import untouched, weighed, with_cad
from packtool.workflow.plan import STAGES, Step
from packtool.workflow.processes import Finished, StageProcess
from packtool.workflow.ranks import SHARED, Leader
from packtool.workflow.request import Request, steps_of
from packtool.workflow.verdict_files import VERDICT_FILES, results_of, run_record, write_verdict


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell a watching user: ``what`` is started, finished, current (nothing to do) or failed."""

    what: str
    stage: str
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_MB: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """The run folder after a run: the records of its stages, the results and the verdict (None where nothing was solved)."""

    records: Mapping[str, StageRecord]
    results: ResultSet
    verdict: Verdict | None
    ran: tuple[str, ...]


JUDGED = ("cad", "mesh", "solve")
"""Stages whose records the verdict rests on."""


@contextmanager
def _sole_user(folder: Path) -> Iterator[None]:
    """Hold the run folder; raises UsageError if it cannot be written or another run holds it."""
    try:
        (folder / HIDDEN).mkdir(parents=True, exist_ok=True)
        stream = (folder / HIDDEN / "lock").open("a+")
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}") from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            raise UsageError(f"another packtool (process {stream.read().strip() or '?'}) is working in {folder}") from None
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        _sweep(folder)  # what a run that was killed has left
        try:
            yield
        finally:
            _sweep(folder)  # what a stage that was stopped has left


def _sweep(folder: Path) -> None:
    """Remove half files; only for who holds the folder."""
    for leftover in folder.rglob(".part-*"):
        leftover.unlink(missing_ok=True)


@dataclass
class _Running:
    """The stage processes under way, so that an interruption can end them; none is started after it."""

    processes: list[StageProcess] = field(default_factory=list)
    stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, request: Request, stage: str) -> StageProcess:
        with self.lock:
            if self.stopped:
                raise StageError(f"the {stage} stage was stopped")
            payload = (stage, stage_arguments(request, stage))
            process = StageProcess.start(stage, payload, request.folder / HIDDEN, request.environment)
            self.processes.append(process)
        return process

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            for process in self.processes:
                process.stop()


def stage_arguments(request: Request, stage: str) -> dict[str, Any]:
    """What the body of ``stage`` is called with."""
    common = {"loaded": request.loaded, "layout": request.layout, "folder": request.folder}
    if stage in ("mesh", "solve"):
        return common | {"cases": request.cases, "cache_dir": request.cache_dir}
    if stage in ("cad", "cad-part"):
        return common | {"options": request.cad}
    if stage == "export-mesh":
        return {"folder": request.folder, "formats": request.formats}
    if stage == "report":
        records = {s: read_record(request.folder, s) for s in STAGES}
        return common | {
            "results": results_of(request, weighed(records["cad"])),
            "records": records,
            "design_text": request.design_text,
            "cases": request.cases,
        }
    return common


def _apart(request: Request, stage: str, running: _Running) -> Finished:
    """The stage in a process of its own."""
    process = running.start(request, stage)
    try:
        return process.wait()
    finally:
        with running.lock:
            running.processes.remove(process)


def _do(request: Request, step: Step, running: _Running, leader: Leader | None) -> StageRecord:
    before = read_record(request.folder, step.stage)
    forget(request.folder, step.stage)
    if leader and step.stage in SHARED:
        done = leader.stage(step.stage, stage_arguments(request, step.stage))
    else:
        done = _apart(request, step.stage, running)
    record = StageRecord(
        step.stage, step.inputs, hashes_of(request.folder, done.value.files), done.seconds, done.cpu_seconds, done.peak_MB,
        done.value.report,
    )  # fmt: skip
    if before is not None and step.stage != "cad-part":  # files of a case, a part, that is no longer there
        for name in set(before.files) - set(record.files):
            (request.folder / name).unlink(missing_ok=True)
    write_record(request.folder, record)
    return record


def _drop_outdated(request: Request, waiting: Mapping[str, Step], steps: Collection[str]) -> None:
    """Before anything runs: take away the last verdict, if something that it rests on will be made anew, and what later stages made that
    this run will not make anew."""
    outdated = set(waiting)
    if outdated.intersection(JUDGED):
        for name in VERDICT_FILES:
            (request.folder / name).unlink(missing_ok=True)
    for stage, needs in STAGES.items():  # in running order, so that one look is enough
        if outdated.intersection(needs) and stage not in steps:
            outdated.add(stage)
            record = read_record(request.folder, stage)
            forget(request.folder, stage)
            for name in record.files if record is not None else ():
                (request.folder / name).unlink(missing_ok=True)


def carry_out(request: Request, tell: Callable[[Event], None], leader: Leader | None = None) -> Outcome:
    """Run what has to run, then judge. The first failing stage's error is raised after those beside it have ended. With a ``leader``
    all ranks share the solve.

    Raises UsageError (folder), MissingPart (nothing to compile forms with), or what the stage raised; an interruption ends every stage
    process and passes on.
    """
    with _sole_user(request.folder):
        waiting = {step.stage: step for step in steps_of(request)}
        records: dict[str, StageRecord] = {}
        ran: list[str] = []
        for stage, step in list(waiting.items()):
            if not step.reasons:
                record = read_record(request.folder, stage)
                assert record is not None  # no reasons to run means that it could be read
                records[stage] = record
                del waiting[stage]
                tell(Event("current", stage))
        if "solve" in waiting or ("mesh" in waiting and request.loaded.design.mesh.target_error_K is not None):
            refuse_without_compiler(request.cache_dir)  # before the minutes that meshing may take
        if waiting:
            _drop_outdated(request, waiting, [*records, *waiting])
        running = _Running()
        failure: PacktoolError | None = None
        with ThreadPoolExecutor(max_workers=request.side_by_side) as pool:
            futures: dict[Future[StageRecord], str] = {}
            try:
                while waiting or futures:
                    for stage in list(waiting):
                        if failure is not None or len(futures) >= request.side_by_side:
                            break
                        if all(need in records for need in STAGES[stage]):
                            step = waiting.pop(stage)
                            tell(Event("started", stage, step.reasons))
                            futures[pool.submit(_do, request, step, running, leader)] = stage
                    if not futures:
                        break
                    for future in wait(futures, return_when=FIRST_COMPLETED).done:
                        stage = futures.pop(future)
                        try:
                            record = future.result()
                        except PacktoolError as error:
                            tell(Event("failed", stage))
                            failure = failure or error
                            continue
                        records[stage] = record
                        ran.append(stage)
                        tell(Event("finished", stage, (), record.seconds, record.peak_MB))
            except BaseException:
                running.stop()
                raise
        if failure is not None:
            raise failure
        found = weighed(records.get("cad"))
        results = results_of(request, found)
        verdict: Verdict | None = None
        if "solve" in records:
            verdict = judge(
                Evidence(request.loaded, request.layout, results, request.left_out_cases, found, untouched(records.get("mesh")))
            )
            verdict = with_cad(verdict, records.get("cad"), request.loaded.file)
        if verdict is not None:
            write_verdict(request, results, verdict)
        write_json(request.folder / "run.json", run_record(request, records, ran))
        return Outcome(records, results, verdict, tuple(ran))
