"""Weights on their way between torch and NumPy.

Names and shapes of the weights are the same on both sides, so a move is two calls: translate the numbers
here, then let `load_state_dict` of the receiving network check names and shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cnncourse import nn
from cnncourse.errors import message
from cnncourse.ops import arguments

if TYPE_CHECKING:
    import torch


def to_numpy(source: torch.nn.Module | Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Return the weights of a torch network as NumPy arrays, ready for ``load_state_dict`` of `cnncourse.nn`.

    Parameters
    ----------
    source : torch.nn.Module, or mapping of str to Tensor
        A network, or what its ``state_dict()`` returned. Tensors may lie on any device.

    Returns
    -------
    dict of str to ndarray
        Copies, by torch's names.

    Raises
    ------
    TypeError
        If `source` is neither, or a tensor has a dtype that NumPy lacks, such as bfloat16.

    Examples
    --------
    >>> import torch
    >>> from cnncourse import nn
    >>> theirs, ours = torch.nn.Linear(3, 2), nn.Linear(3, 2)
    >>> ours.load_state_dict(to_numpy(theirs))
    ([], [])
    >>> bool((ours.weight.data == theirs.weight.detach().numpy()).all())
    True
    """
    import torch

    state = source.state_dict() if isinstance(source, torch.nn.Module) else source
    _check_mapping(state, "a torch.nn.Module or its state_dict()")
    return {name: as_array(name, tensor).copy() for name, tensor in state.items()}


def to_torch(source: nn.Module | Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """Return the weights of a NumPy network as tensors, ready for ``load_state_dict`` of `torch.nn`.

    Parameters
    ----------
    source : cnncourse.nn.Module, or mapping of str to ndarray
        A network, or what its ``state_dict()`` returned.

    Returns
    -------
    dict of str to Tensor
        Copies on the CPU, by the same names.

    Raises
    ------
    TypeError
        If `source` is neither, or an array has a dtype that torch lacks.

    Examples
    --------
    >>> import torch
    >>> from cnncourse import nn
    >>> theirs, ours = torch.nn.Linear(3, 2), nn.Linear(3, 2)
    >>> theirs.load_state_dict(to_torch(ours))
    <All keys matched successfully>
    """
    import torch

    state = source.state_dict() if isinstance(source, nn.Module) else source
    _check_mapping(state, "a cnncourse.nn.Module or its state_dict()")
    tensors = {}
    for name, value in state.items():
        array = np.array(arguments.array(name, value), order="C")
        try:
            tensors[name] = torch.from_numpy(array)
        except TypeError as error:
            remedy = "Convert it with .astype(np.float32)."
            rule = "must have a dtype that torch has too"
            raise TypeError(message(name, array.dtype, rule, remedy)) from error
    return tensors


def as_array(name: str, tensor: torch.Tensor) -> np.ndarray:
    """Return the tensor's numbers: the same memory where it lies on the CPU."""
    import torch

    if not isinstance(tensor, torch.Tensor):
        got, remedy = f"a {type(tensor).__name__}", "Take the network's own state_dict()."
        raise TypeError(message(name, got, "must be a tensor", remedy))
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:
        rule = "must have a dtype and layout that NumPy has too"
        remedy = "Call .float() on the network first."
        raise TypeError(message(name, f"{tensor.layout} {tensor.dtype}", rule, remedy)) from error


def _check_mapping(state: object, expected: str) -> None:
    if not isinstance(state, Mapping):
        got, remedy = f"a {type(state).__name__}", "Pass the network itself."
        raise TypeError(message("source", got, f"must be {expected}", remedy))
