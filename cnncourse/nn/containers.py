"""Modules made of modules: one after the other, or around a shortcut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cnncourse.errors import message
from cnncourse.nn.module import Module


class Sequential(Module):
    """One module after the other.

    Parameters
    ----------
    *modules : Module, or one mapping of str to Module
        Without names they are called "0", "1", …

    Examples
    --------
    >>> from cnncourse.nn import Flatten, ReLU
    >>> net = Sequential(Flatten(), ReLU())
    >>> net(np.full((1, 2, 2), -1.0))
    array([[0., 0., 0., 0.]])
    >>> net[1]
    ReLU()
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            named = dict(modules[0])
        else:
            named = {str(i): module for i, module in enumerate(modules)}
        for name, module in named.items():
            if not isinstance(module, Module):
                got = f"a {type(module).__name__}"
                raise TypeError(message(f"module {name}", got, "must be a Module", "Write ReLU(), not relu."))
        self._modules = named

    def named_children(self) -> list[tuple[str, Module]]:
        """Return (name, module) in the order of the chain."""
        return list(self._modules.items())

    def forward(self, input: np.ndarray) -> np.ndarray:
        """Pass the input through all modules."""
        for module in self:
            input = module(input)
        return input

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Pass the gradient back through all modules, the last one first: the chain rule."""
        for module in reversed(list(self)):
            grad_output = module.backward(grad_output)
        return grad_output

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __len__(self) -> int:
        return len(self._modules)

    def __getitem__(self, index: int | slice) -> Module:
        if isinstance(index, slice):
            return Sequential(dict(list(self._modules.items())[index]))
        return list(self)[index]


class Residual(Module):
    """Add the input, or a shortcut of it, to what the body makes of it.

    Parameters
    ----------
    body : Module
        The residual, such as convolution, batch normalisation, ReLU, convolution, batch normalisation.
    shortcut : Module, optional
        For a body that changes the shape, such as a 1×1 convolution with the same stride. By default the
        input itself.

    Raises
    ------
    ValueError
        If body and shortcut differ in shape, when called.

    References
    ----------
    He, Zhang, Ren, Sun (2015), "Deep residual learning for image recognition", §3.2.

    Examples
    --------
    >>> from cnncourse.nn import ReLU
    >>> Residual(ReLU())(np.array([-1.0, 2.0]))
    array([-1.,  4.])
    """

    def __init__(self, body: Module, shortcut: Module | None = None) -> None:
        self.body, self.shortcut = body, shortcut

    def forward(self, input: np.ndarray) -> np.ndarray:
        """body(x) + shortcut(x)."""
        out = self.body(input)
        shortcut = input if self.shortcut is None else self.shortcut(input)
        if out.shape != shortcut.shape:
            rule = f"must have the shape of the body's output {out.shape}"
            remedy = "Give a shortcut that changes channels and stride as the body does."
            raise ValueError(message("shortcut", f"shape {shortcut.shape}", rule, remedy))
        return out + shortcut

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Add the gradients of the two ways; through the identity it arrives unchanged."""
        through = grad_output if self.shortcut is None else self.shortcut.backward(grad_output)
        return self.body.backward(grad_output) + through
