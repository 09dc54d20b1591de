"""The base of all layers: where the parameters are, and how they are saved and loaded.

A module does three things. ``forward`` computes the output and remembers what the way back needs.
``backward`` takes the gradient of the output, adds to the gradients of the parameters, and returns the
gradient of the input. And it knows its parameters, buffers and children: whatever of these kinds was
assigned to an attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np


class Parameter:
    """An array that is learnt, and the gradient collected for it.

    Parameters
    ----------
    data : ndarray
        The numbers. Optimisers change them in place.

    Attributes
    ----------
    grad : ndarray of the same shape, or None
        Sum of the gradients since `zero_grad`.

    Examples
    --------
    >>> weight = Parameter(np.zeros(2))
    >>> weight.accumulate(np.ones(2))
    >>> weight.accumulate(np.ones(2))
    >>> weight.grad
    array([2., 2.])
    """

    def __init__(self, data: np.ndarray) -> None:
        self.data = data
        self.grad: np.ndarray | None = None

    def accumulate(self, grad: np.ndarray) -> None:
        """Add a gradient to those collected so far."""
        self.grad = grad if self.grad is None else self.grad + grad

    def __repr__(self) -> str:
        return f"Parameter(shape={self.data.shape}, dtype={self.data.dtype})"


class Module:
    """A layer or a network of layers.

    A subclass defines `forward` and `backward`. It assigns its parameters (`Parameter`) and its children
    (`Module`) to attributes, and lists the names of its buffers in `buffer_names`: arrays that are saved,
    but not learnt.

    Attributes
    ----------
    training : bool
        True after `train`, False after `eval`. Dropout and batch normalisation ask for it.

    Examples
    --------
    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.weight = Parameter(np.array([3.0]))
    ...     def forward(self, input):
    ...         self.saved = input
    ...         return input * self.weight.data
    ...     def backward(self, grad_output):
    ...         self.weight.accumulate((grad_output * self.saved).sum(keepdims=True))
    ...         return grad_output * self.weight.data
    >>> scale = Scale()
    >>> scale(np.array([1.0, 2.0]))
    array([3., 6.])
    >>> scale.backward(np.array([1.0, 1.0])), scale.weight.grad
    (array([3., 3.]), array([3.]))
    """

    training: bool = True
    buffer_names: tuple[str, ...] = ()

    def __call__(self, input: np.ndarray) -> np.ndarray:
        """Compute the output: the same as `forward`."""
        return self.forward(input)

    def forward(self, input: np.ndarray) -> np.ndarray:
        """Compute the output and remember what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward.")

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Add to the gradients of the parameters and return the gradient of the last input."""
        raise NotImplementedError(f"{type(self).__name__} defines no backward.")

    def recall(self, name: str) -> object:
        """Return what `forward` remembered under this attribute name; before it ran, raise a RuntimeError."""
        if name not in vars(self):
            kind = type(self).__name__
            raise RuntimeError(f"{kind}.backward needs a forward pass first. Call the module on an input.")
        return vars(self)[name]

    def named_children(self) -> list[tuple[str, Module]]:
        """Return (name, module) for each direct child."""
        return [(name, value) for name, value in vars(self).items() if isinstance(value, Module)]

    def modules(self) -> Iterator[Module]:
        """Yield the module itself and all modules inside it."""
        yield self
        for _, child in self.named_children():
            yield from child.modules()

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Yield (name, parameter) of the module and its children, with torch's dotted names."""
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
        for name, child in self.named_children():
            yield from child.named_parameters(f"{prefix}{name}.")

    def parameters(self) -> Iterator[Parameter]:
        """Yield all parameters, as an optimiser wants them."""
        for _, parameter in self.named_parameters():
            yield parameter

    def zero_grad(self) -> None:
        """Forget the gradients collected so far."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Module:
        """Switch the module and its children to training, or to prediction with ``mode=False``."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch the module and its children to prediction."""
        return self.train(False)

    def _arrays(self, prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
        """Yield (name, array) for all that is saved, in torch's order: parameters, buffers, children."""
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value.data
        for name in self.buffer_names:
            if getattr(self, name) is not None:
                yield prefix + name, getattr(self, name)
        for name, child in self.named_children():
            yield from child._arrays(f"{prefix}{name}.")

    def state_dict(self) -> dict[str, np.ndarray]:
        """Return copies of all parameters and buffers by torch's names; training does not change them."""
        return {name: array.copy() for name, array in self._arrays()}

    def load_state_dict(
        self, state_dict: Mapping[str, np.ndarray], strict: bool = True
    ) -> tuple[list[str], list[str]]:
        """Copy saved arrays into the parameters and buffers.

        Parameters
        ----------
        state_dict : mapping of str to array
            From `state_dict`, or from the torch model with the same layers; tensors on the CPU are read as
            arrays.
        strict : bool, default True
            Demand that the names agree exactly.

        Returns
        -------
        missing, unexpected : list of str
            Names only this module has, and names only `state_dict` has. Both empty if `strict`.

        Raises
        ------
        ValueError
            If a shape differs or, with `strict`, a name. Nothing has been loaded then.
        """
        own = dict(self._arrays())
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict and missing:
            problems.append(f"lacks {missing}")
        if strict and unexpected:
            problems.append(f"has {unexpected}, unknown here")
        values = {name: np.asarray(state_dict[name]) for name in own if name in state_dict}
        for name, value in values.items():
            if value.shape != own[name].shape:
                problems.append(f"has {name} of shape {value.shape}, needed is {own[name].shape}")
        if problems:
            remedy = "Build the same layers, or load what fits with strict=False."
            raise ValueError(f"state_dict {'; it '.join(problems)}. {remedy}")
        for name, value in values.items():
            own[name][...] = value
        return missing, unexpected

    def extra_repr(self) -> str:
        """Return the constructor's arguments as text, for `repr`."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        inside = "\n  " + "\n  ".join(lines) + "\n" if lines else self.extra_repr()
        return f"{type(self).__name__}({inside})"
