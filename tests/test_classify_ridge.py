"""Ridge in closed form: what it says of a group equals training without that group."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.ridge import solve


def kernel(seed: int, posts: int = 40) -> np.ndarray:
    features = np.random.default_rng(seed).normal(size=(posts, 6))
    return features @ features.T


def answers(seed: int, posts: int = 40, heads: int = 3) -> np.ndarray:
    return (np.random.default_rng(seed).random((posts, heads)) > 0.6).astype(np.float64)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_held_out_answers_are_those_of_a_model_that_never_saw_the_group(seed: int, groups: int) -> None:
    alike, labels = kernel(seed), answers(seed + 1)
    names = [str(row % groups) for row in range(len(labels))]
    found = solve(alike.copy(), labels, names, 2.0).held_out
    mean = labels.mean(axis=0)
    for group in set(names):
        out = np.array([name == group for name in names])
        seen = np.ix_(~out, ~out)
        duals = np.linalg.solve(alike[seen] + 2.0 * np.eye((~out).sum()), labels[~out] - mean)
        assert np.allclose(found[out], alike[np.ix_(out, ~out)] @ duals + mean, atol=1e-8)


def test_an_unknown_label_pulls_to_neither_side() -> None:
    alike, labels = kernel(1), answers(2)
    labels[5, 0] = np.nan
    solved = solve(alike.copy(), labels, ["a"] * 20 + ["b"] * 20, 1.0)
    assert np.isfinite(solved.held_out).all()
    assert np.allclose(solved.mean[0], np.nanmean(labels[:, 0]))
    # The other heads do not notice.
    whole = solve(alike.copy(), np.nan_to_num(labels), ["a"] * 20 + ["b"] * 20, 1.0)
    assert np.allclose(solved.duals[:, 1:], whole.duals[:, 1:])


def test_more_than_one_block_is_mirrored_rightly() -> None:
    alike = kernel(3, posts=1100)
    labels = answers(4, posts=1100, heads=1)
    solved = solve(alike.copy(), labels, [str(row % 5) for row in range(1100)], 3.0)
    direct = np.linalg.solve(alike + 3.0 * np.eye(1100), labels - labels.mean(axis=0))
    assert np.allclose(solved.duals, direct, atol=1e-7)


def test_a_likeness_that_is_no_kernel_is_refused() -> None:
    alike = -10.0 * np.eye(4)
    with pytest.raises(ValueError, match="no kernel"):
        solve(alike, answers(1, posts=4), list("abcd"), 1.0)
