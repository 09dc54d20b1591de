"""Losses beside torch: generated scores, targets and options, special numbers, and errors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import same_as_torch, variants

import cnncourse.ops as ops

FLOATS = st.sampled_from([np.float64, np.float32, np.float16])
REDUCTIONS = st.sampled_from(["mean", "sum", "none"])
SHAPES = st.sampled_from([(4, 3), (1, 2), (0, 3), (5,), (1,), (2, 3, 4), (2, 3, 2, 2), (3, 1)])


def samples_shape(shape):
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


@st.composite
def classification(draw, soft):
    """Draw scores, a target, class weights and options that fit together."""
    shape, dtype = draw(SHAPES), draw(FLOATS)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    classes = shape[1] if len(shape) > 1 else shape[0]
    scores = (3 * rng.standard_normal(shape)).astype(dtype)
    weight = rng.uniform(0.1, 2, classes).astype(dtype) if draw(st.booleans()) else None
    options = {"reduction": draw(REDUCTIONS)}
    if soft:
        target = rng.uniform(0, 1, shape).astype(dtype)
    else:
        target = rng.integers(0, classes, samples_shape(shape))
        options["ignore_index"] = draw(st.sampled_from([-100, -1, 0, 1]))
        if options["ignore_index"] == -1:
            target = np.where(rng.random(target.shape) < 0.3, -1, target)
    return scores, target, weight, options


@given(classification(soft=False))
def test_nll_loss(case):
    scores, target, weight, options = case
    same_as_torch("nll_loss", [scores, target], {"weight": weight} | options)


@given(classification(soft=False), st.sampled_from([0.0, 0.1, 1.0]))
def test_cross_entropy_of_classes(case, smoothing):
    scores, target, weight, options = case
    same_as_torch(
        "cross_entropy", [scores, target], {"weight": weight, "label_smoothing": smoothing} | options
    )


@given(classification(soft=True), st.sampled_from([0.0, 0.1, 1.0]))
def test_cross_entropy_of_probabilities(case, smoothing):
    scores, target, weight, options = case
    options |= {"weight": weight, "label_smoothing": smoothing}
    same_as_torch("cross_entropy", {"input": scores}, {"target": target} | options)


@given(SHAPES, FLOATS, REDUCTIONS, st.booleans(), st.sampled_from([np.float64, np.float32, np.int64]))
def test_mse_loss(shape, dtype, reduction, weighted, target_dtype):
    rng = np.random.default_rng(0)
    x, target = (
        rng.standard_normal(shape).astype(dtype),
        (3 * rng.standard_normal(shape)).astype(target_dtype),
    )
    weight = rng.uniform(0.1, 2, shape).astype(dtype) if weighted else None
    if weighted:
        target = target.astype(dtype)  # torch multiplies weights of the input's dtype only
    same_as_torch("mse_loss", {"input": x}, {"target": target, "weight": weight, "reduction": reduction})


@given(
    SHAPES,
    FLOATS,
    REDUCTIONS,
    st.sampled_from([None, "one", "last", "all"]),
    st.sampled_from([None, "one", "last", "all"]),
)
def test_binary_cross_entropy_with_logits(shape, dtype, reduction, weight, pos_weight):
    rng = np.random.default_rng(0)
    x = (5 * rng.standard_normal(shape)).astype(dtype)
    target = rng.uniform(0, 1, shape).astype(dtype)
    shapes = {"one": (), "last": shape[-1:], "all": shape}
    options = {
        k: None if v is None else rng.uniform(0.1, 3, shapes[v]).astype(dtype)
        for k, v in [("weight", weight), ("pos_weight", pos_weight)]
    }
    options |= {"target": target, "reduction": reduction}
    same_as_torch("binary_cross_entropy_with_logits", {"input": x}, options)


@pytest.mark.parametrize("scores_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["cross_entropy", "mse_loss"])
def test_scores_and_targets_of_two_precisions(name, scores_dtype, target_dtype):
    rng = np.random.default_rng(0)
    scores, target = rng.standard_normal((4, 3)).astype(scores_dtype), rng.random((4, 3)).astype(target_dtype)
    same_as_torch(name, {"input": scores}, {"target": target}, tolerance=1e-6)


def test_scores_so_large_that_a_plain_exponential_overflows():
    scores = np.array([[1000.0, -1000.0, 0.0], [-1e4, 1e4, 3.0]])
    target = np.array([1, 0])
    same_as_torch("cross_entropy", [scores, target])
    same_as_torch("cross_entropy", [scores, target], {"label_smoothing": 0.1})
    binary = {"target": np.array([[0.0, 1, 1], [1, 0, 0.5]])}
    same_as_torch("binary_cross_entropy_with_logits", {"input": scores}, binary)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [[0], [1]])
def test_a_class_with_probability_zero(target, reduction):
    scores = np.array([[-np.inf, 0.0]])
    same_as_torch("cross_entropy", [scores, np.array(target)], {"reduction": reduction})


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_all_samples_ignored(name, reduction):
    inputs = [np.random.default_rng(0).standard_normal((2, 3)), np.array([-100, -100])]
    same_as_torch(name, inputs, {"reduction": reduction})


@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_views_and_read_only_arrays(name):
    for scores in variants(np.random.default_rng(0).standard_normal((4, 3))):
        same_as_torch(name, [scores, np.array([0, 1, 2, 0])])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_class_numbers_of_any_integer_dtype(dtype):
    scores, target = np.random.default_rng(0).standard_normal((3, 4)), np.array([3, 0, 2])
    assert ops.cross_entropy(scores, target.astype(dtype)) == ops.cross_entropy(scores, target)


def test_worked_by_hand():
    scores = np.log(np.array([[1.0, 3.0], [2.0, 2.0]]))  # probabilities 1/4, 3/4 and 1/2, 1/2
    target = np.array([1, 0])
    assert ops.nll_loss(np.log([[0.25, 0.75], [0.5, 0.5]]), target) == pytest.approx(-math.log(0.375) / 2)
    assert ops.cross_entropy(scores, target) == pytest.approx(-math.log(0.375) / 2)
    one_hot = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert ops.cross_entropy(scores, one_hot) == pytest.approx(-math.log(0.375) / 2)
    grad = [[0.125, -0.125], [-0.25, 0.25]]
    np.testing.assert_allclose(ops.cross_entropy_backward(1.0, scores, target), grad)
    np.testing.assert_allclose(ops.cross_entropy_backward(1.0, scores, one_hot), grad)
    np.testing.assert_allclose(ops.nll_loss_backward(2.0, scores, target), [[0, -1], [-1, 0]])
    x, y = np.array([1.0, 2.0]), np.array([0.0, 5.0])
    assert ops.mse_loss(x, y) == 5.0
    np.testing.assert_array_equal(ops.mse_loss_backward(1.0, x, y), [1, -3])
    logit, yes = np.array([math.log(3.0)]), np.array([1.0])
    assert ops.binary_cross_entropy_with_logits(logit, yes) == pytest.approx(math.log(4 / 3))
    np.testing.assert_allclose(ops.binary_cross_entropy_with_logits_backward(1.0, logit, yes), [-0.25])


X, T = np.zeros((2, 3)), np.zeros(2, np.int64)
BCE = ops.binary_cross_entropy_with_logits


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.nll_loss(X.astype(int), T), TypeError, ["input", "int64"]),
        (lambda: ops.nll_loss(np.zeros(()), T), ValueError, ["input", "(N, C, ...)"]),
        (lambda: ops.nll_loss(X, T.astype(float)), TypeError, ["target", "float64", "class numbers"]),
        (lambda: ops.nll_loss(X, np.array([0, 3])), ValueError, ["target", "3", "0 to 2"]),
        (lambda: ops.nll_loss(X, np.array([0, -1])), ValueError, ["target", "-1"]),
        (lambda: ops.nll_loss(X, T[:1]), ValueError, ["target", "(1,)", "(2,)"]),
        (lambda: ops.nll_loss(X, T, np.ones(2)), ValueError, ["weight", "(2,)", "(3,)"]),
        (lambda: ops.nll_loss(X, T, np.ones(3, np.float32)), TypeError, ["weight", "float32"]),
        (lambda: ops.nll_loss(X, T, reduction="average"), ValueError, ["reduction", "'average'", "'mean'"]),
        (lambda: ops.nll_loss_backward(np.ones(2), X, T), ValueError, ["grad_output", "(2,)", "()"]),
        (lambda: ops.cross_entropy(X, np.zeros((2, 4))), ValueError, ["target", "(2, 4)", "(2, 3)"]),
        (lambda: ops.cross_entropy(X, X, ignore_index=1), ValueError, ["ignore_index", "1", "probabilities"]),
        (lambda: ops.cross_entropy(X, T, label_smoothing=1.1), ValueError, ["label_smoothing", "1.1"]),
        (lambda: ops.cross_entropy(X, T, label_smoothing=-0.1), ValueError, ["label_smoothing", "-0.1"]),
        (lambda: ops.cross_entropy(X, np.array([[0, 1, 1]] * 2)), ValueError, ["target", "(2, 3)", "(2,)"]),
        (lambda: ops.mse_loss(X, np.zeros(3)), ValueError, ["target", "(3,)", "(2, 3)"]),
        (lambda: ops.mse_loss(X.astype(int), X), TypeError, ["input", "int64"]),
        (lambda: ops.mse_loss(X, X, weight=np.ones(3)), ValueError, ["weight", "(3,)"]),
        (lambda: BCE(X, X.astype(int)), TypeError, ["target", "int64", "floats"]),
        (lambda: BCE(X, X[0]), ValueError, ["target", "(3,)", "(2, 3)"]),
        (lambda: BCE(X, X, np.ones(4)), ValueError, ["weight", "(4,)", "(2, 3)"]),
        (lambda: BCE(X, X, pos_weight=np.ones(2)), ValueError, ["pos_weight", "(2,)"]),
    ],
)
def test_errors_say_what_came_and_what_to_do(call, error, words):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
