"""Solves on several MPI ranks: the same numbers as on one, and no rank left waiting."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from packtool.fem.share import UNEVEN, owners
from packtool.fem.start import default_cache
from packtool.mesh.boxes import Box, mesh_boxes

RANKS = (1, 2, 3)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Ranks started -> what each of them found."""
    folder = tmp_path_factory.mktemp("ranks")
    beside = Path(sys.executable).with_name("mpiexec")
    mpiexec = str(beside) if beside.exists() else shutil.which("mpiexec")
    if mpiexec is None:
        pytest.skip("no mpiexec")
    script = [sys.executable, str(Path(__file__).with_name("on_ranks.py")), str(folder), str(default_cache())]
    for ranks in RANKS:
        done = subprocess.run([mpiexec, "-n", str(ranks), *script], capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return {ranks: [np.load(folder / f"{ranks}-{rank}.npz") for rank in range(ranks)] for ranks in RANKS}


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("ranks", RANKS[1:])
@pytest.mark.parametrize("what", ["steady", "transient", "general", "by_law", "melting"])
def test_temperatures_are_those_of_one_rank(found, ranks, what):
    alone = found[1][0][what]
    for rank in found[ranks]:
        assert np.abs(rank[what] - alone).max() <= 1e-8 * np.abs(alone).max()  # what issue 4 asks for; seen: 1e-11 and 2e-10


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("ranks", RANKS[1:])
def test_every_rank_holds_the_same_field_to_the_last_bit(found, ranks):
    for what in ("steady", "transient", "by_law", "melting"):
        for rank in found[ranks][1:]:
            np.testing.assert_array_equal(rank[what], found[ranks][0][what])


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("ranks", RANKS)
def test_the_balance_closes_on_every_rank(found, ranks):
    for rank in found[ranks]:
        assert rank["imbalance"].max() < 1e-6


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("ranks", RANKS)
def test_every_point_has_one_owner_and_the_shares_are_nearly_even(found, ranks):
    owned = [rank["owned"] for rank in found[ranks]]
    np.testing.assert_array_equal(np.sort(np.concatenate(owned)), np.arange(2 * 9**3))
    # each cut may be off by UNEVEN of what it cuts, and a third is cut twice
    assert all(abs(len(one) / (2 * 9**3) - 1 / ranks) <= 1.5 * UNEVEN for one in owned)


def test_a_pack_is_cut_where_its_cells_conduct_least():
    # two rods of good conductor side by side, joined by a thin layer: cut along the layer, not across the rods
    boxes = [
        Box("a", "cell", "x", 0, 0, 0, 1, 0.1, 0.1),
        Box("film", "interface", "y", 0, 0.1, 0, 1, 0.11, 0.1),
        Box("b", "cell", "x", 0, 0.11, 0, 1, 0.21, 0.1),
    ]
    mesh = mesh_boxes(boxes, divisions=(20, [4, 2, 4], 4))
    k = np.array([1.0, 0.01, 1.0])[:, None, None] * np.eye(3)
    owner = owners(mesh, k, 2)
    for rank, name in enumerate(("a", "b")):
        nodes = np.unique(mesh.hexes[mesh.region == mesh.region_index(name)])
        inside = nodes[np.abs(mesh.points[nodes, 1] - 0.105) > 0.006]
        assert (owner[inside] == rank).all()


def test_points_on_one_plane_are_shared_by_count():
    flat = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(1, 1, 1))
    assert np.bincount(owners(flat, np.eye(3)[None], 4)).tolist() == [2, 2, 2, 2]


@pytest.mark.fem
@pytest.mark.slow
@pytest.mark.parametrize("ranks", RANKS)
def test_what_one_rank_raises_all_do(found, ranks):
    assert {str(rank["told"]) for rank in found[ranks]} == {"the last rank fails"}


def test_elements_askew_are_shared_out_evenly_too():
    """Turned by 45 degrees, as those of round cells are in places: the diagonal of an element's base lies along y."""
    mesh = mesh_boxes([Box("block", "cell", "", 0, 0, 0, 1, 1, 1)], divisions=(10, 10, 1), boundaries={})
    turned = mesh.points @ np.array([[1, 1, 0], [-1, 1, 0], [0, 0, np.sqrt(2)]]) / np.sqrt(2)
    shares = np.bincount(owners(replace(mesh, points=turned), np.eye(3)[None], 2)) / len(turned)
    assert shares == pytest.approx([0.5, 0.5], abs=UNEVEN)
