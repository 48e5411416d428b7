"""A stage's process: its value, its errors and its crashes reach the user as what they are."""

import os
import pickle
import signal
import sys
import time

import pytest

from packtool.errors import Complaint, DesignError, MissingPart, NotConverged, StageError
from packtool.workflow.processes import StageProcess, sendable

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs

ENVIRONMENT = dict(os.environ)


def started(stage, scratch, **arguments):
    return StageProcess.start(stage, (stage, arguments), scratch, ENVIRONMENT)


def test_an_error_inside_a_stage_comes_back_named_and_leaves_no_files(tmp_path):
    with pytest.raises(StageError, match=r"mesh\.npz"):
        started("export-mesh", tmp_path, folder=tmp_path / "nowhere", formats=("msh",)).wait()
    assert list(tmp_path.iterdir()) == []


def test_a_crash_of_a_kernel_is_an_error_with_the_signal(tmp_path):
    process = started("export-mesh", tmp_path, folder=tmp_path, formats=("msh",))
    os.kill(process.process.pid, signal.SIGSEGV)
    with pytest.raises(StageError, match="SIGSEGV"):
        process.wait()
    assert list(tmp_path.iterdir()) == []


def test_stopping_ends_the_process_at_once(tmp_path):
    process = started("export-mesh", tmp_path, folder=tmp_path, formats=("msh",))
    process.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(process.process.pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize("seconds", [0.0, 0.6], ids=["before the stage has begun", "while it works"])
def test_a_stage_does_not_outlive_the_process_that_started_it(tmp_path, seconds):
    child = os.fork()
    if child == 0:
        process = StageProcess.start(
            "export-mesh", ("export-mesh", {"folder": tmp_path, "formats": ("msh",)}), tmp_path, ENVIRONMENT
        )
        (tmp_path / "pid").write_text(str(process.process.pid))
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    stage = int((tmp_path / "pid").read_text())
    for _ in range(50):
        try:
            os.kill(stage, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the stage still runs")
    assert not list(tmp_path.glob("*.answer")) or seconds  # it began nothing for a parent that was gone


@pytest.mark.parametrize(
    "error",
    [
        NotConverged("residual 1e-3 after 100 iterations"),
        MissingPart("gmsh is not installed", "pip install 'packtool[fem]'"),
        DesignError([Complaint("a.yaml", 1, 2, "cell", "unknown")]),
    ],
)
def test_packtools_errors_survive_the_way_back(error):
    back = pickle.loads(pickle.dumps(sendable(error)))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert back.exit_code == error.exit_code


def test_a_missing_module_becomes_its_install_line():
    back = sendable(ModuleNotFoundError("No module named 'gmsh'", name="gmsh"))
    assert isinstance(back, MissingPart)
    assert "packtool[fem]" in back.mend


def test_any_other_error_is_named():
    assert str(sendable(ValueError("odd"))) == "ValueError: odd"
