"""Files are written whole or not at all, and hashes know content."""

import subprocess
import sys
import textwrap

import pytest

from packtool.artifacts import content_hash, file_hash, replacing, source_hash, write_json, write_text


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "bom.csv"
    write_text(path, "old")

    def fails_half_way():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_half_way()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["bom.csv"]


def test_a_killed_writer_leaves_no_half_file(tmp_path):
    script = f"""
        import os, signal
        from pathlib import Path
        from packtool.artifacts import replacing
        with replacing(Path({str(tmp_path / "pack.step")!r})) as temporary:
            temporary.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode == -9
    assert not (tmp_path / "pack.step").exists()


def test_the_temporary_file_keeps_the_suffix_that_writers_go_by(tmp_path):
    with replacing(tmp_path / "deep" / "pack.step") as temporary:
        assert temporary.suffix == ".step"
        temporary.write_text("x")
    assert (tmp_path / "deep" / "pack.step").read_text() == "x"


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError):
        write_json(tmp_path / "results.json", {"value": float("nan")})
    assert not list(tmp_path.iterdir())


def test_content_hash_ignores_key_order_and_sees_every_value():
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 1.5})
    assert content_hash("a") == content_hash(b"a")


def test_source_hash_sees_names_and_bytes_but_not_compiled_files(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = source_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert source_hash(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert source_hash(tmp_path) != first
    assert file_hash(tmp_path / "b.py") == content_hash(b"1")
