"""What is left of a run that is interrupted."""

import signal
import subprocess
import time

import pytest
from command_line import BUS, PROGRAM, SMALL, packtool, processes_that_name

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs


def parts_of(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".part-")]


@pytest.mark.cad
@pytest.mark.fem
class TestInterruption:
    def test_130_at_once_no_half_file_no_process_left_and_the_next_run_continues(self, tmp_path):
        arguments = ["mesh", BUS, "-o", "out", *(word for value in SMALL for word in ("--set", value))]
        process = subprocess.Popen([*PROGRAM, *map(str, arguments)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = tmp_path / "out"
        deadline = time.monotonic() + 60
        while not processes_that_name(str(out)):  # the stage's
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.01)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        assert time.monotonic() - asked < 5
        assert process.returncode == 130
        assert stdout == b""
        assert b"interrupted; stages of a run that were finished are kept, the next run continues" in stderr
        assert b"Traceback" not in stderr
        assert processes_that_name(str(out)) == {}
        assert parts_of(out) == []
        assert not (out / "mesh.json").exists()
        done = packtool(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (out / "pack.msh").is_file()
