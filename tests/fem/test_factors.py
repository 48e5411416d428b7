"""Direct factors and the GMRES that they precondition."""

import numpy as np
import pytest
from scipy.sparse import eye_array, random_array

from packtool.errors import SolveError
from packtool.fem.factors import DirectFactors
from packtool.fem.krylov import Krylov
from packtool.fem.start import petsc

pytestmark = pytest.mark.fem

N = 200


@pytest.fixture
def system():
    """A matrix of PETSc, the same of scipy, and a right side."""
    random = np.random.default_rng(2)
    matrix = (random_array((N, N), density=0.03, rng=random) + 4 * eye_array(N)).tocsr()
    PETSc = petsc()
    held = PETSc.Mat().createAIJWithArrays(matrix.shape, (matrix.indptr, matrix.indices, matrix.data.copy()), comm=PETSc.COMM_SELF)
    yield held, matrix, random.standard_normal(N)
    held.destroy()


@pytest.fixture
def made():
    """Factors, closed after the test."""
    kept = []

    def make(*, single=False):
        kept.append(DirectFactors(single))
        return kept[-1]

    yield make
    for one in kept:
        one.close()


def off(matrix, x, right):
    return float(np.linalg.norm(matrix @ x - right) / np.linalg.norm(right))


def test_new_numbers_in_one_matrix_are_factorised_anew(system, made):
    held, matrix, right = system
    factors = made()
    factors.factorise(held)
    assert off(matrix, factors.solve(right), right) < 1e-13  # rounding
    held.scale(2.0)
    factors.factorise(held)
    assert off(2 * matrix, factors.solve(right), right) < 1e-13


def test_single_factors_have_seven_digits(system, made):
    held, matrix, right = system
    factors = made(single=True)
    factors.factorise(held)
    assert 1e-10 < off(matrix, factors.solve(right), right) < 1e-5  # 6e-8 rounding of a single number, times the matrix's condition


def test_a_singular_matrix_is_refused(system, made):
    held, _, _ = system
    held.zeroRows([3], diag=0.0)
    with pytest.raises(SolveError, match="singular"):
        made().factorise(held)


def test_gmres_stops_at_its_target_or_after_its_steps_and_goes_on_from_there(system):
    _, matrix, right = system
    krylov = Krylov(N, lambda x: matrix @ x, lambda x: x / 4)
    try:
        few, left = krylov.solve(right, None, 1e-9, 3)
        assert left == pytest.approx(np.linalg.norm(matrix @ few - right), rel=1e-9)  # the true residual
        assert left > 1e-9
        found, left = krylov.solve(right, few, 1e-9, 60)
        assert left <= 1e-9
        assert np.linalg.norm(matrix @ found - right) < 1.1e-9
        assert np.linalg.norm(matrix @ krylov.solve(right, found, 2e-9, 1)[0] - right) < 1.1e-9  # there already
    finally:
        krylov.close()


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_a_full_matrix_such_as_that_of_one_element_does_not_end_the_process(made, single):
    n = 27
    full = np.ones((n, n)) + n * np.eye(n)
    held = petsc().Mat().createDense((n, n), array=full, comm=petsc().COMM_SELF).convert("aij")
    factors = made(single=single)
    factors.factorise(held)
    assert off(full, factors.solve(np.ones(n)), np.ones(n)) < (1e-6 if single else 1e-13)  # rounding
    held.destroy()
