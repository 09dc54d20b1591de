"""One helper for every operator test: run it here and in torch, compare everything.

``same_as_torch`` compares the value, its shape, its dtype and every gradient; no input may change.
A test says only which operator, which inputs and which arguments.
"""

from functools import partial

import numpy as np
import torch
from hypothesis import strategies as st

import cnncourse.ops as ops

# Largest allowed difference, relative to the largest expected entry (at least 1): 10⁴ and more roundings
# in float64, 100 in float32, where the two libraries add in different orders, a few in float16, where torch
# rounds between the parts of a formula.
TOLERANCE = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 2e-5, np.dtype(np.float16): 4e-3}


def same_as_torch(
    name,
    inputs,
    arguments=None,
    *,
    torch_op=None,
    torch_arguments=None,
    torch_dtype=None,
    seed=0,
    tolerance=None,
):
    """Run ``cnncourse.ops.<name>`` and its backward beside torch and compare value, shape and gradients.

    Parameters
    ----------
    name : str
        Name of the operator, in ``cnncourse.ops`` and in ``torch.nn.functional``.
    inputs : sequence of (ndarray or None), or dict of them by name
        The operator's array arguments, in order. Those with a floating dtype are differentiated. A dict
        passes them by keyword, for operators with another argument in between.
    arguments : dict, optional
        The other arguments, passed by keyword to both libraries (arrays become tensors).
    torch_op : callable, optional
        What to compare with, when it is not ``torch.nn.functional.<name>``.
    torch_arguments : dict, optional
        Keyword arguments for torch, when they differ from `arguments`.
    torch_dtype : torch.dtype, optional
        What torch works in, its results rounded to the dtypes here. By default the dtype of each array.
    seed : int
        Seed of the gradient that is sent back.
    tolerance : float, optional
        Replaces ``TOLERANCE`` of the output's dtype.

    Returns
    -------
    ndarray
        The value of the operator here, for further checks.
    """
    arguments = arguments or {}
    torch_op = torch_op or getattr(torch.nn.functional, name)
    names, inputs = (list(inputs), list(inputs.values())) if isinstance(inputs, dict) else (None, inputs)
    tensors = [None if a is None else _leaf(a, torch_dtype) for a in inputs]
    theirs = _call(
        torch_op,
        names,
        tensors,
        _tensors(arguments if torch_arguments is None else torch_arguments, torch_dtype),
    )

    before = [None if a is None else np.array(a, copy=True) for a in inputs]
    ours = _call(getattr(ops, name), names, inputs, arguments)
    rounded = theirs if torch_dtype is None else theirs.to(_tensor(ours).dtype)
    assert_close(ours, rounded, f"{name}: value", tolerance)

    if not theirs.requires_grad:
        return ours
    grad_output = np.asarray(np.random.default_rng(seed).standard_normal(np.shape(ours)), dtype=ours.dtype)
    theirs.backward(_tensor(grad_output, torch_dtype))
    grad_output.flags.writeable = False
    backward = partial(getattr(ops, f"{name}_backward"), grad_output)
    grads = _call(backward, names, inputs, arguments)
    grads = grads if isinstance(grads, tuple) else (grads,)
    for i, (tensor, grad) in enumerate(zip(tensors, grads)):
        if tensor is not None and tensor.requires_grad:
            expected = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
            assert_close(grad, expected.to(_tensor(inputs[i]).dtype), f"{name}: gradient {i}", tolerance)
    for i, (array, copy) in enumerate(zip(inputs, before)):
        if array is not None:
            np.testing.assert_array_equal(array, copy, err_msg=f"{name}: input {i} was modified")
    return ours


def assert_close(ours, theirs, what, tolerance=None):
    """Compare an array with a tensor: type, dtype, shape, then the numbers (NaN equal to NaN, inf to inf)."""
    expected = theirs.detach().numpy()
    assert isinstance(ours, np.ndarray | np.generic), f"{what}: {type(ours).__name__} is not an array"
    assert ours.dtype == expected.dtype, f"{what}: dtype {ours.dtype}, torch has {expected.dtype}"
    assert ours.shape == expected.shape, f"{what}: shape {ours.shape}, torch has {expected.shape}"
    if not np.issubdtype(expected.dtype, np.floating):
        np.testing.assert_array_equal(ours, expected, err_msg=what)
        return
    finite = np.abs(expected[np.isfinite(expected)])
    scale = max(1.0, float(finite.max(initial=0.0)))
    limit = (TOLERANCE[expected.dtype] if tolerance is None else tolerance) * scale
    ours, expected = ours.astype(np.float64), expected.astype(np.float64)  # a float16 limit is no number
    np.testing.assert_allclose(ours, expected, rtol=0, atol=limit, equal_nan=True, err_msg=what)


def variants(array):
    """Yield the same numbers as a plain array, in Fortran order, in a view with steps, and read-only."""
    yield array
    yield np.asfortranarray(array)
    stepped = np.zeros(tuple(2 * n for n in array.shape), array.dtype)[
        tuple(slice(None, None, 2) for _ in array.shape)
    ]
    stepped[...] = array
    yield stepped
    locked = array.copy()
    locked.flags.writeable = False
    yield locked


def _call(function, names, inputs, arguments):
    return (
        function(*inputs, **arguments) if names is None else function(**dict(zip(names, inputs)), **arguments)
    )


def _tensor(array, dtype=None):
    tensor = torch.tensor(np.array(array, order="C"))
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _leaf(array, dtype):
    tensor = _tensor(array, dtype)
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor


def _tensors(arguments, dtype):
    return {k: _tensor(v, dtype) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}


def numbers(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def one_or_two(draw, low, high):
    """An int, a pair or a sequence of one: the forms torch takes."""
    numbers = st.integers(low, high)
    return draw(numbers | st.tuples(numbers, numbers) | st.lists(numbers, min_size=1, max_size=1))
