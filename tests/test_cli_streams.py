"""What the program writes where: payload, messages, colours, and readers that leave."""

import json
import os
import pty
import re
import shlex
import subprocess
from xml.etree import ElementTree

import pytest
from command_line import BUS, PROGRAM, packtool

pytestmark = pytest.mark.slow  # each starts programs, or tries hundreds of inputs


class TestStreams:
    def test_quiet_and_all_well_says_nothing(self, tmp_path):
        done = packtool("check", BUS, "-q", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_quiet_still_tells_a_failing_rule(self, tmp_path):
        done = packtool("check", BUS, "-q", "--set", "limits.pack_mass_kg=100", cwd=tmp_path)
        assert done.returncode == 1
        assert "geometry.pack-mass" in done.stdout

    @pytest.mark.parametrize(
        "line",
        ["check BUS", "check BUS nowhere.yaml", "cells", "cells calb-lfp176", "materials", "materials al_3003_o", "coolants", "duties", "duties midc",
         "coolants meg50", "templates", "doctor"],
    )  # fmt: skip
    def test_json_is_the_only_payload_and_names_its_schema(self, line, tmp_path):
        done = packtool(*line.replace("BUS", str(BUS)).split(), "--json", cwd=tmp_path)
        assert done.stderr == ""
        assert "packtool" in json.loads(done.stdout)["$schema"]
        assert "NaN" not in done.stdout

    @pytest.mark.fem
    def test_json_of_a_verification_case(self, tmp_path):
        done = packtool("verify", "A1", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        verified = json.loads(done.stdout)
        assert verified["$schema"] == "packtool/verify/1"
        assert "A1" in json.dumps(verified["cases"])

    def test_schema_is_a_json_schema(self, tmp_path):
        assert json.loads(packtool("schema", cwd=tmp_path).stdout)["$schema"].startswith("https://json-schema.org/")

    def test_machine_formats_parse(self, tmp_path):
        text = BUS.read_text(encoding="utf-8")
        (tmp_path / "heavy.yaml").write_text(text.replace("pack_mass_kg: 420", "pack_mass_kg: 100"), encoding="utf-8")
        line = next(number for number, line in enumerate(text.splitlines(), 1) if "pack_mass_kg" in line)
        junit, sarif, github = (
            packtool("check", "heavy.yaml", "--format", form, cwd=tmp_path) for form in ("junit", "sarif", "github")
        )
        assert {done.returncode for done in (junit, sarif, github)} == {1}
        assert len(ElementTree.fromstring(junit.stdout.encode()).findall(".//failure")) == 1
        assert any(result["ruleId"] == "geometry.pack-mass" for result in json.loads(sarif.stdout)["runs"][0]["results"])
        assert re.search(rf"^::error file=heavy\.yaml,line={line},", github.stdout, re.MULTILINE)

    @pytest.mark.parametrize(
        "arguments", [["check", BUS], ["check", BUS, "--set", "limits.pack_mass_kg=1"], ["cells"], ["check", "none"]]
    )
    def test_a_reader_that_leaves_changes_no_exit_code(self, arguments, tmp_path):
        script = f"{shlex.join([*PROGRAM, *map(str, arguments)])} 2>&1 | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
        assert done.stderr == ""
        assert int(done.stdout) == packtool(*arguments, cwd=tmp_path).returncode

    @pytest.mark.parametrize("command", ["schema", "templates"], ids=["more than a buffer", "less than a buffer"])
    def test_a_full_disk_is_told_as_such(self, command, tmp_path):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*PROGRAM, command], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, timeout=60)
        assert done.returncode == 4
        assert done.stderr == b"packtool: No space left on device\n"

    def test_closed_streams_are_no_error(self, tmp_path):
        script = f"{shlex.join([*PROGRAM, 'check', str(BUS)])} >&- 2>&-"
        assert subprocess.run(["bash", "-c", script], cwd=tmp_path, timeout=60).returncode == 0


def on_a_terminal(arguments, environment, cwd):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments)], stdout=theirs, stderr=theirs, env=os.environ | environment, cwd=cwd
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    process.wait(timeout=60)
    return written.decode("utf-8")


def test_colour_is_for_terminals_and_NO_COLOR_turns_it_off(tmp_path):
    failing = ["check", BUS, "--set", "limits.pack_mass_kg=100"]
    environment = {"NO_COLOR": "", "TERM": "xterm"}
    assert "\x1b[" in on_a_terminal(failing, environment, tmp_path)
    plain = on_a_terminal(failing, environment | {"NO_COLOR": "1"}, tmp_path)
    assert "\x1b[" not in plain
    assert "geometry.pack-mass" in plain
    assert "\x1b[" not in packtool(*failing, cwd=tmp_path, environment=environment).stdout
