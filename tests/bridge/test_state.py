"""Weights move both ways: same logits afterwards, and what does not fit is said."""

import numpy as np
import pytest
import torch
from networks import images, randomise

from cnncourse import nn
from cnncourse.bridge import to_numpy, to_torch


def pair_of_networks():
    """Return LeNet with batch normalisation twice: of cnncourse.nn and of torch.nn."""
    networks = []
    for library in (nn, torch.nn):
        parts = [library.Conv2d(1, 6, 5, padding=2), library.BatchNorm2d(6), library.ReLU()]
        parts += [library.MaxPool2d(2), library.Flatten(), library.Linear(6 * 14 * 14, 10)]
        networks.append(library.Sequential(*parts).eval())
    return networks


def logits(ours, theirs):
    x = images(4, 1, 28, 28, dtype=np.float32)
    with torch.no_grad():
        return ours(x), theirs(torch.from_numpy(x)).numpy()


def test_from_torch():
    ours, theirs = pair_of_networks()
    randomise(theirs)
    assert ours.load_state_dict(to_numpy(theirs)) == ([], [])
    np.testing.assert_allclose(*logits(ours, theirs), rtol=0, atol=1e-5)
    for name, tensor in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name], tensor.numpy())


def test_to_torch():
    ours, theirs = pair_of_networks()
    randomise(theirs, seed=1)
    for number, (_, parameter) in enumerate(ours.named_parameters()):
        parameter.data[...] = 0.1 * np.random.default_rng(number).standard_normal(parameter.data.shape)
    theirs.load_state_dict(to_torch(ours))
    theirs[1].running_var.uniform_(0.5, 1.5)
    ours.load_state_dict(to_numpy(theirs.state_dict()))
    np.testing.assert_allclose(*logits(ours, theirs), rtol=0, atol=1e-5)
    for name, array in ours.state_dict().items():
        np.testing.assert_array_equal(theirs.state_dict()[name].numpy(), array)


def test_both_give_copies():
    ours, theirs = pair_of_networks()
    to_numpy(theirs)["0.weight"][...] = 7
    arrays = ours.state_dict()
    to_torch(arrays)["0.weight"].fill_(7)
    assert theirs[0].weight.max() < 7
    assert arrays["0.weight"].max() < 7


def test_arrays_of_any_layout():
    base = np.arange(12.0).reshape(3, 4)
    locked = base.copy()
    locked.flags.writeable = False
    forms = {
        "fortran": np.asfortranarray(base),
        "reversed": base[::-1],
        "locked": locked,
        "count": np.array(3),
    }
    for name, tensor in to_torch(forms).items():
        np.testing.assert_array_equal(tensor.numpy(), forms[name])


def test_parameters_that_need_gradients():
    theirs = torch.nn.Linear(2, 3)
    arrays = to_numpy(dict(theirs.named_parameters()))
    np.testing.assert_array_equal(arrays["weight"], theirs.weight.detach().numpy())


def test_what_does_not_fit_is_said():
    ours, theirs = pair_of_networks()
    arrays = to_numpy(theirs)
    arrays["0.kernel"] = arrays.pop("0.weight")
    arrays["5.bias"] = arrays["5.bias"][:3]
    with pytest.raises(ValueError, match=r"0\.weight.*0\.kernel.*5\.bias of shape \(3,\), needed is \(10,\)"):
        ours.load_state_dict(arrays)
    with pytest.raises(RuntimeError, match=r"Missing key.*0\.weight(?s:.*)Unexpected key.*0\.kernel"):
        theirs.load_state_dict(to_torch(arrays))


@pytest.mark.parametrize("source", [3, None, "weights.pt", torch.ones(2), np.ones(2)])
def test_a_wrong_source(source):
    with pytest.raises(TypeError, match=r"source must be a torch\.nn\.Module or its state_dict\(\)"):
        to_numpy(source)
    with pytest.raises(TypeError, match=r"source must be a cnncourse\.nn\.Module or its state_dict\(\)"):
        to_torch(source)


def test_the_wrong_direction():
    ours, theirs = pair_of_networks()
    with pytest.raises(TypeError, match=r"source must be a torch\.nn\.Module"):
        to_numpy(ours)
    with pytest.raises(TypeError, match=r"0\.weight must be a tensor, got a ndarray"):
        to_numpy(ours.state_dict())
    with pytest.raises(TypeError, match=r"source must be a cnncourse\.nn\.Module"):
        to_torch(theirs)
    with pytest.raises(TypeError, match=r"0\.weight must be a NumPy array, got a Tensor"):
        to_torch(theirs.state_dict())


def test_dtypes_that_the_other_side_lacks():
    with pytest.raises(TypeError, match=r"w must have a dtype.*bfloat16.*\.float\(\)"):
        to_numpy({"w": torch.ones(2, dtype=torch.bfloat16)})
    with pytest.raises(TypeError, match=r"w must have a dtype that torch has too.*astype"):
        to_torch({"w": np.ones(2, np.longdouble)})
