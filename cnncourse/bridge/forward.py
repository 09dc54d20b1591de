"""Run a torch network with the operators of this course.

A network is a list of operators. `torch.fx` writes the list down: it calls ``forward`` once with a stand-in
for the image, and notes every layer, function and method that the stand-in meets. Here each entry is looked
up in ``table.py`` and executed with NumPy, from the first to the last. That is all a framework does in
prediction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cnncourse.bridge import arrays, table
from cnncourse.bridge.state import as_array
from cnncourse.errors import message
from cnncourse.ops import arguments

if TYPE_CHECKING:
    import torch
    from torch import fx


def numpy_forward(module: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    """Compute ``module(x)`` without torch's arithmetic: with `cnncourse.ops` and NumPy alone.

    Parameters
    ----------
    module : torch.nn.Module
        A network in evaluation mode that takes one input, such as torchvision's classifiers. It is left as
        it is; weights on a GPU are copied.
    x : ndarray of shape (N, C, H, W), or whatever the network takes
        In the dtype of the network's weights. It is not changed, not even by layers that work in place.

    Returns
    -------
    ndarray
        What ``module(torch.from_numpy(x))`` gives, up to rounding. A network that returns a tuple or a
        dictionary gives the same of arrays.

    Raises
    ------
    NotImplementedError
        If the network has a layer, function or method without an operator here (all of them are named), if
        its ``forward`` decides by the numbers it computes, or if hooks would change what a layer does.
    ValueError
        If the network is in training mode, where dropout is random and running statistics change; or if an
        operator refuses its input. The text names the layer.
    TypeError
        If `module` is no torch network, or `x` no array of the weights' dtype.

    Notes
    -----
    ``a += b`` in a ``forward`` is recorded as ``a = a + b``: another name for ``a`` keeps the old value.

    References
    ----------
    Reed, DeVito, He, Ussery and Ansel, "torch.fx: Practical program capture and transformation for deep
    learning in Python", Proceedings of Machine Learning and Systems 4, 2022.

    Examples
    --------
    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 2, bias=False), torch.nn.ReLU()).double().eval()
    >>> net[0].weight.data[:] = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> numpy_forward(net, np.arange(9.0).reshape(1, 3, 3))
    array([[[19., 25.],
            [37., 43.]]])
    """
    _check_module(module)
    _check_input(module, x)
    traced = _trace(module)
    steps = _steps(traced, x)
    last_use = {needed: node for node, _ in steps for needed in node.all_input_nodes}
    values: dict[fx.Node, object] = {}
    for node, operator in steps:
        values[node] = _run(node, operator, values, traced)
        for needed in node.all_input_nodes:
            if last_use[needed] is node:
                del values[needed]  # its memory serves the layers that follow
    return values[node]


def _steps(traced: fx.GraphModule, x: np.ndarray) -> list[tuple[fx.Node, Callable]]:
    """Return each node of the graph with its operator, or say which operators are missing."""
    steps, missing = [], []
    for node in traced.graph.nodes:
        operator = _operator(node, traced, x)
        steps.append((node, operator))
        if operator is None:
            missing.append(_describe(node, traced))
    if missing:
        raise NotImplementedError(
            f"numpy_forward has no operator for {'; '.join(missing)}. Replace it in the network by layers "
            "that cnncourse.ops has, or compute that part with torch and pass its result on."
        )
    return steps


def _operator(node: fx.Node, traced: fx.GraphModule, x: np.ndarray) -> Callable | None:
    """Return what computes the node from the values of its arguments; None where nothing does."""
    if node.op == "placeholder":
        if node is next(iter(traced.graph.nodes)):
            return lambda *default: x.copy()  # a layer that works in place would change the caller's array
        return arrays.unchanged if node.args else None  # a further input has its default value, or is missing
    if node.op == "get_attr":
        tensor = functools.reduce(getattr, node.target.split("."), traced)
        return lambda: as_array(node.target, tensor)
    if node.op == "call_module":
        return _layer_operator(node.target, traced.get_submodule(node.target))
    if node.op == "call_function":
        return table.functions().get(node.target) or table.FOREIGN.get(_full_name(node.target))
    if node.op == "call_method":
        return table.METHODS.get(node.target)
    return lambda result: np.asarray(result) if isinstance(result, np.generic) else result


def _layer_operator(name: str, layer: torch.nn.Module) -> Callable | None:
    """Return the layer's operator with the arguments that the layer keeps."""
    import torch

    operator, kept = table.layers().get(type(layer), (None, ()))
    if operator is None:
        return None
    arguments = {key: getattr(layer, key) for key in kept}
    for key, value in arguments.items():
        if isinstance(value, torch.Tensor):
            arguments[key] = as_array(f"{name}.{key}", value)
    return functools.partial(operator, **arguments)


def _run(node: fx.Node, operator: Callable, values: dict, traced: fx.GraphModule) -> object:
    """Execute one step; an error says in which step it happened."""
    from torch import fx

    args, kwargs = fx.node.map_arg((node.args, node.kwargs), values.__getitem__)
    try:
        return operator(*args, **kwargs)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{_describe(node, traced)}: {error}") from error


def _describe(node: fx.Node, traced: fx.GraphModule) -> str:
    """Return the node in words, such as "layer 'features.0' (Conv2d)"."""
    if node.op == "call_module":
        return f"layer {node.target!r} ({type(traced.get_submodule(node.target)).__name__})"
    if node.op == "call_function":
        return f"node {node.name!r} (function {node.target.__module__}.{node.target.__name__})"
    if node.op == "call_method":
        return f"node {node.name!r} (method Tensor.{node.target})"
    return f"node {node.name!r} ({'a further input' if node.op == 'placeholder' else node.op})"


def _trace(module: torch.nn.Module) -> fx.GraphModule:
    """Write the network down as a graph of operators."""
    import torch
    from torch import fx

    if type(module) in table.layers():  # a lone layer is a network of one step
        return fx.symbolic_trace(torch.nn.Sequential(module))
    before = set(vars(module))
    try:
        return fx.symbolic_trace(module)
    except Exception as error:  # forward is the user's code and now runs on stand-ins: anything can come
        raise NotImplementedError(
            f"torch.fx cannot write {type(module).__name__} down as a list of operators: {error}. "
            "Its forward may decide by numbers it computed; pass the part of the network that does not."
        ) from error
    finally:
        for name in set(vars(module)) - before:  # constants that the tracer left in the network
            delattr(module, name)


def _check_module(module: torch.nn.Module) -> None:
    import torch

    if not isinstance(module, torch.nn.Module):
        remedy = "Networks of cnncourse.nn are called directly: net(x)."
        raise TypeError(message("module", f"a {type(module).__name__}", "must be a torch.nn.Module", remedy))
    for name, layer in module.named_modules():
        which = f"layer {name!r} ({type(layer).__name__})" if name else type(layer).__name__
        if layer.training:
            remedy = "Call module.eval() first."
            raise ValueError(message("module", f"{which} in training mode", "must predict", remedy))
        hooks = [*layer._forward_pre_hooks.values(), *layer._forward_hooks.values()]
        if {_full_name(hook) for hook in hooks} - table.HARMLESS_HOOKS:
            raise NotImplementedError(
                f"{which} has forward hooks, which work on tensors. Remove them first: handle.remove(), or "
                "torch.nn.utils.remove_weight_norm and its kin. Where no handle was kept, build the network "
                "again and give it this one's weights: again.load_state_dict(module.state_dict())."
            )


def _full_name(function: Callable) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', '')}"


def _check_input(module: torch.nn.Module, x: np.ndarray) -> None:
    arguments.array("x", x)
    dtypes = sorted({str(p.dtype).removeprefix("torch.") for p in module.parameters()})
    if dtypes and x.dtype.name not in dtypes:
        rule = f"must have the dtype of the weights ({' or '.join(dtypes)})"
        remedy = "Convert both, as with module.float() and x.astype(np.float32)."
        raise TypeError(message("x", x.dtype, rule, remedy))
