"""Starting the kernel: what is refused, and a cache that survives a killed compile."""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from packtool.errors import MissingPart, SolveError
from packtool.fem import start as starting
from packtool.fem.start import clear_stale, compiled, compiler, refuse_without_compiler


def _mass_form():
    starting.start()
    import basix.ufl
    import ufl

    domain = ufl.Mesh(basix.ufl.element("Lagrange", "interval", 1, shape=(1,)))
    V = ufl.FunctionSpace(domain, basix.ufl.element("Lagrange", "interval", 1))
    return ufl.TrialFunction(V) * ufl.TestFunction(V) * ufl.dx


def _compile(monkeypatch, folder: Path):
    """The form of ``_mass_form`` through the cache; dolfinx would want a mesh for it, the form compiler does not."""
    starting.start()
    from dolfinx import fem, jit

    monkeypatch.setattr(fem, "form", lambda form, jit_options: jit.ffcx_jit.__wrapped__(form, jit_options=jit_options))
    return compiled(_mass_form(), folder)


@pytest.mark.fem
def test_starting_leaves_out_the_just_in_time_compiler_but_does_not_lock_it_out():
    code = (
        "import sys, importlib.util; from packtool.fem.start import start; start(); assert 'dolfinx' in sys.modules; "
        "assert 'numba' not in sys.modules; assert importlib.util.find_spec('numba') is None or importlib.import_module('numba')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.fem
def test_a_compile_killed_half_way_is_made_anew_without_waiting(tmp_path, monkeypatch):
    _compile(monkeypatch, tmp_path)
    (source,) = tmp_path.glob("*.c")
    source.with_suffix(".c.cached").unlink()  # what a kill between the compile and its end leaves
    begin = time.monotonic()
    _compile(monkeypatch, tmp_path)
    assert source.with_suffix(".c.cached").exists()
    assert time.monotonic() - begin < 60  # the form compiler would wait for COMPILE_WAIT_S = 120 s, and fail


@pytest.mark.fem
def test_a_finished_form_is_not_compiled_again(tmp_path, monkeypatch):
    _compile(monkeypatch, tmp_path)
    (library,) = tmp_path.glob("*.so")
    before = library.stat().st_mtime_ns
    _compile(monkeypatch, tmp_path)
    assert library.stat().st_mtime_ns == before


def test_stale_files_are_those_without_their_end_mark(tmp_path):
    for name in ("libffcx_forms_a", "libffcx_forms_b", "libffcx_forms_c"):
        (tmp_path / f"{name}.c").touch()
    for name in ("libffcx_forms_a", "libffcx_forms_c"):
        (tmp_path / f"{name}.c.cached").touch()
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    (tmp_path / f"libffcx_forms_a{suffix}").touch()
    (tmp_path / "notes.c").touch()
    assert clear_stale(tmp_path) == ("libffcx_forms_b", "libffcx_forms_c")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["libffcx_forms_a.c", "libffcx_forms_a.c.cached", f"libffcx_forms_a{suffix}", "notes.c"]
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_the_lock_of_a_killed_process_is_free(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from packtool.fem.start import _alone\n"
        "with _alone(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    begin = time.monotonic()
    with starting._alone(tmp_path):
        assert time.monotonic() - begin < 10  # at once, but for a loaded machine


@pytest.mark.fem
def test_a_failing_compile_names_the_missing_compiler(tmp_path, monkeypatch):
    starting.start()
    from dolfinx import fem

    def fails(_form, jit_options):
        logging.getLogger().handlers = []
        raise RuntimeError("command 'gcc' failed: No such file or directory")

    handlers = logging.getLogger().handlers.copy()
    monkeypatch.setattr(fem, "form", fails)
    with pytest.raises(SolveError, match="No such file"):
        compiled(None, tmp_path)
    assert logging.getLogger().handlers == handlers
    monkeypatch.setattr(starting, "compiler", lambda: None)
    with pytest.raises(MissingPart, match="C compiler") as missing:
        compiled(None, tmp_path)
    assert "gcc" in missing.value.mend


def test_the_compiler_is_looked_for_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compiler() is None
    tool = tmp_path / "clang"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    assert compiler() == str(tool)


@pytest.mark.fem
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_closed_pipe_does_not_abort_the_run():
    code = (
        "import os, signal; from packtool.fem.start import petsc; petsc().Vec().createSeq(3)\n"
        "os.kill(os.getpid(), signal.SIGPIPE); print('alive')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "alive\n", "")


@pytest.mark.fem
def test_a_cache_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SolveError, match=r"cannot be kept in .*file.forms"):
        compiled(None, tmp_path / "file" / "forms")


def _importing(monkeypatch, replaced):
    real = importlib.import_module

    def load(name):
        if name in replaced:
            if isinstance(replaced[name], Exception):
                raise replaced[name]
            return replaced[name]
        return real(name)

    monkeypatch.setattr(importlib, "import_module", load)


@pytest.fixture
def _fresh_start():
    starting.start.cache_clear()
    yield
    starting.start.cache_clear()


@pytest.mark.usefixtures("_fresh_start")
@pytest.mark.fem  # it needs a kernel to take away
def test_without_dolfinx_the_line_that_installs_it_is_named(monkeypatch):
    _importing(
        monkeypatch, {"dolfinx_solver": ModuleNotFoundError(name="dolfinx_solver"), "dolfinx": ModuleNotFoundError(name="dolfinx")}
    )
    with pytest.raises(MissingPart, match="dolfinx") as missing:
        starting.start()
    assert missing.value.mend == "pip install 'packtool[fem]'"


def test_without_a_compiler_only_forms_from_before_let_a_solve_begin(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPart, match="C compiler") as missing:
        refuse_without_compiler(tmp_path / "nowhere")
    assert "gcc" in missing.value.mend
    (tmp_path / "libffcx_forms_1.c.cached").touch()
    refuse_without_compiler(tmp_path)


@pytest.mark.fem
def test_a_solve_holds_linear_algebra_to_one_thread_and_gives_the_threads_back():
    starting.start()
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas" and "scipy" in pool["prefix"]}

    @starting.one_thread()
    def inside() -> set[int]:
        return threads()

    with threadpool_limits(2, user_api="blas"):
        assert (inside(), threads()) == ({1}, {2})
