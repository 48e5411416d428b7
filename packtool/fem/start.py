"""Starting the finite-element kernel: import order, one rank, and a cache of compiled forms that survives a killed compile."""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from packtool.errors import MissingPart, SolveError

OPTIMISE = ("-O2", "-g0")
"""Compiler flags of the forms: -O3 and -Ofast multiply the compile time for no gain at low order."""

COMPILE_WAIT_S = 120
"""How long to wait for another program's compile of the same form [s]; the form compiler's own 10 s is short of a loaded machine."""

MEND_COMPILER = "apt-get install gcc libc6-dev"
"""The line that installs a C compiler."""

_chosen: list[Path] = []


def use_cache(folder: Path) -> None:
    """Keep compiled forms in ``folder`` wherever a call names none, from now on in this process."""
    _chosen[:] = [Path(folder)]


@cache
def start() -> None:
    """Import dolfinx, PETSc and MPI in the order that is safe.

    ``dolfinx_solver`` is the wheel that orders MPI before everything compiled; conda's dolfinx has no such package and needs none.
    Raises MissingPart without dolfinx.
    """
    try:
        importlib.import_module("dolfinx_solver")
    except ModuleNotFoundError as missing:
        if missing.name != "dolfinx_solver":
            raise
    try:
        # PETSc's own handlers would turn a closed pipe (packtool ... | head) or a floating-point signal into an MPI abort
        importlib.import_module("petsc4py").init(["packtool", "-no_signal_handler"])
        with _hidden(
            "numba"
        ):  # the form compiler imports it where it can, for kernels of one's own: 0.4 s, and nothing here uses it
            importlib.import_module("dolfinx")
        importlib.import_module("mpi4py.MPI")
    except ModuleNotFoundError as missing:
        raise MissingPart(
            f"the finite-element kernel needs {missing.name}, which is not installed", "pip install 'packtool[fem]'"
        ) from missing


@contextmanager
def one_thread() -> Iterator[None]:
    """Within, the linear algebra library under numpy makes no threads.

    A solve's products are small: threads gain nothing, and wait for the next product on a processor of their own (a fifth of a solve's CPU seconds).
    Also a decorator. Without threadpoolctl all stays as it is.
    """
    control = _thread_pools()
    if control is None:
        yield
        return
    with control.limit(limits=1, user_api="blas"):
        yield


@cache
def _thread_pools() -> Any:
    """What holds the thread pools of the libraries that ``start`` loads; None without threadpoolctl."""
    start()
    try:
        return importlib.import_module("threadpoolctl").ThreadpoolController()
    except ModuleNotFoundError:
        return None


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Within, ``import module`` fails as if it were not installed; a module that is loaded already stays."""
    hides = module not in sys.modules
    if hides:
        sys.modules[module] = None  # type: ignore[assignment]  # what the import system documents for this
    try:
        yield
    finally:
        if hides:
            del sys.modules[module]


def default_cache() -> Path:
    """The folder of compiled forms where a call names none: that of ``use_cache``, else dolfinx's own."""
    if _chosen:
        return _chosen[0]
    start()
    from dolfinx.jit import get_options

    return Path(get_options()["cache_dir"])


def compiled(form: Any, cache_dir: Path | None = None) -> Any:
    """A UFL form, compiled (or taken from ``cache_dir``; None: ``default_cache``). Raises as ``compiling`` does."""
    with compiling(cache_dir) as options:
        from dolfinx import fem

        return fem.form(form, jit_options=options)


@contextmanager
def compiling(cache_dir: Path | None = None) -> Iterator[dict[str, Any]]:
    """The options to compile forms and expressions with, for use inside this block only.

    Compiles one at a time under a lock that the system gives back when its holder dies, so a source file without a finished
    library can only be what a killed compile left: it is removed, and compiled anew. Raises MissingPart without a C compiler;
    SolveError where the compile fails.
    """
    start()
    folder = default_cache() if cache_dir is None else Path(cache_dir)
    with _alone(folder), _logging_restored():
        clear_stale(folder)
        try:
            yield {"cache_dir": str(folder), "cffi_extra_compile_args": list(OPTIMISE), "timeout": COMPILE_WAIT_S}
        except (OSError, RuntimeError, ImportError, _compile_failure()) as failure:
            if not compiler():
                raise _no_compiler() from failure
            raise SolveError(f"compiling a form in {folder} failed: {failure}") from failure


def compiler() -> str | None:
    """The C compiler that forms are compiled with; None if there is none."""
    named = (sysconfig.get_config_var("CC") or "").split()
    return next((found for name in (*named[:1], "cc", "gcc", "clang") if (found := shutil.which(name))), None)


def refuse_without_compiler(cache_dir: Path) -> None:
    """Raise MissingPart where no form could be compiled and ``cache_dir`` holds none from before; starts nothing."""
    if not compiler() and not any(cache_dir.glob("libffcx_*.c.cached")):
        raise _no_compiler()


def _no_compiler() -> MissingPart:
    return MissingPart("solving needs a C compiler for its forms: no cc, gcc or clang was found", MEND_COMPILER)


def clear_stale(folder: Path) -> tuple[str, ...]:
    """Remove what a killed compile left in ``folder``; the names of the forms.

    The form compiler makes NAME.c first, the library next and NAME.c.cached last: without the last, later runs wait for it and
    give up. Call it only where no compile can be under way.
    """
    suffixes = tuple(importlib.import_module("importlib.machinery").EXTENSION_SUFFIXES)
    stale = []
    for source in sorted(folder.glob("libffcx_*.c")):
        ready = source.with_suffix(".c.cached")
        libraries = [p for p in folder.glob(source.stem + ".*") if p.name.endswith(suffixes)]
        if ready.exists() and libraries:
            continue
        for left in (source, ready, source.with_suffix(".o"), *libraries):
            left.unlink(missing_ok=True)
        stale.append(source.stem)
    return tuple(stale)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; waits for whoever holds it, and is released by the system if this process dies."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system: nothing but the form compiler's own file protects the cache
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".packtool-lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as failure:
        raise SolveError(f"compiled forms cannot be kept in {folder}: {failure.strerror}; give another cache folder") from failure
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _logging_restored() -> Iterator[None]:
    """The form compiler swaps the root logger's handlers, and leaves its own where a compile fails."""
    root = logging.getLogger()
    handlers = root.handlers.copy()
    try:
        yield
    finally:
        root.handlers = handlers


def _compile_failure() -> type[Exception]:
    """What cffi raises where the compiler fails."""
    failure: type[Exception] = importlib.import_module("cffi").VerificationError
    return failure


def petsc() -> Any:
    """PETSc's module, once the kernel is started."""
    start()
    return importlib.import_module("petsc4py.PETSc")


def versions() -> Mapping[str, str]:
    """Versions of what solves: dolfinx, petsc."""
    numbers = petsc().Sys.getVersion()
    return {"dolfinx": importlib.import_module("dolfinx").__version__, "petsc": ".".join(str(n) for n in numbers)}
