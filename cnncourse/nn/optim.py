"""Optimisers: how a parameter follows its gradient, with the formulas and names of `torch.optim`."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from cnncourse.errors import message
from cnncourse.nn.module import Parameter


def _check(name: str, value: float, below: float = math.inf) -> None:
    if not 0 <= value < below:
        rule = "must be at least 0" if below == math.inf else f"must be at least 0 and below {below}"
        raise ValueError(message(name, value, rule, "The docstring tells the usual value."))


class Optimizer:
    """What all optimisers share: the list of parameters and the loop over those that have a gradient.

    Parameters
    ----------
    params : iterable of Parameter
        Usually ``model.parameters()``.
    lr : float
        Learning rate. A schedule may change the attribute `lr` between steps.

    Raises
    ------
    ValueError
        If there are no parameters or `lr` is negative.
    """

    def __init__(self, params: Iterable[Parameter], lr: float) -> None:
        self.params = list(params)
        if not self.params:
            raise ValueError(message("params", "none", "must hold a Parameter", "Pass model.parameters()."))
        _check("lr", lr)
        self.lr = lr
        self.state: list[dict[str, np.ndarray]] = [{} for _ in self.params]

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for parameter, state in zip(self.params, self.state):
            if parameter.grad is not None:
                self.update(parameter.data, parameter.grad, state)

    def update(self, data: np.ndarray, grad: np.ndarray, state: dict[str, np.ndarray]) -> None:
        """Move one parameter in place; `state` holds what the optimiser remembers about it."""
        raise NotImplementedError(f"{type(self).__name__} defines no update.")

    def zero_grad(self) -> None:
        """Forget the gradients, before the next batch."""
        for parameter in self.params:
            parameter.grad = None


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum and weight decay.

    Parameters
    ----------
    params : iterable of Parameter
    lr : float, default 1e-3
    momentum : float, default 0
        Share of the last step that is kept, 0.9 is usual.
    dampening : float, default 0
        Share of the gradient that does not enter the momentum.
    weight_decay : float, default 0
        Multiple of the parameter that is added to its gradient.
    nesterov : bool, default False
        Look ahead by one step of momentum.

    Raises
    ------
    ValueError
        If a number is negative, or `nesterov` is set without momentum or with dampening.

    Notes
    -----
    .. math:: v \leftarrow \mu v + (1 - \tau)(g + \lambda \theta), \qquad \theta \leftarrow \theta - \eta v

    with momentum μ, dampening τ, weight decay λ and learning rate η; the first v is g + λθ. Nesterov's form
    steps along g + λθ + μv instead of v.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton (2013), "On the importance of initialization and momentum in deep
    learning", §2.

    Examples
    --------
    >>> weight = Parameter(np.array([1.0]))
    >>> weight.grad = np.array([2.0])
    >>> SGD([weight], lr=0.1).step()
    >>> weight.data
    array([0.8])
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr)
        _check("momentum", momentum)
        _check("weight_decay", weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            got = f"momentum={momentum}, dampening={dampening}"
            rule = "must come with momentum and without dampening"
            raise ValueError(message("nesterov", got, rule, "Use momentum=0.9."))
        self.momentum, self.dampening = momentum, dampening
        self.weight_decay, self.nesterov = weight_decay, nesterov

    def update(self, data: np.ndarray, grad: np.ndarray, state: dict[str, np.ndarray]) -> None:
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        if self.momentum:
            if "velocity" in state:
                state["velocity"] *= self.momentum
                state["velocity"] += (1 - self.dampening) * grad
            else:
                state["velocity"] = grad.copy()
            velocity = state["velocity"]
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        data -= self.lr * grad


class Adam(Optimizer):
    r"""Adaptive moment estimation: a step size for every number, from the mean and the size of its gradients.

    Parameters
    ----------
    params, lr
        As in `SGD`.
    betas : (float, float), default (0.9, 0.999)
        How long the mean of the gradients and of their squares are remembered.
    eps : float, default 1e-8
        Added to the divisor.
    weight_decay : float, default 0
        Multiple of the parameter that is added to its gradient.

    Raises
    ------
    ValueError
        If a number is negative or a beta is not below 1.

    Notes
    -----
    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
              v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
              \theta \leftarrow \theta - \eta
              \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}

    References
    ----------
    Kingma and Ba (2014), "Adam: a method for stochastic optimization", algorithm 1.

    Examples
    --------
    >>> weight = Parameter(np.array([1.0]))
    >>> weight.grad = np.array([200.0])
    >>> Adam([weight], lr=0.1).step()
    >>> weight.data.round(6)
    array([0.9])
    """

    decoupled = False

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        for i, beta in enumerate(betas):
            _check(f"betas[{i}]", beta, below=1)
        _check("eps", eps)
        _check("weight_decay", weight_decay)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, data: np.ndarray, grad: np.ndarray, state: dict[str, np.ndarray]) -> None:
        if self.weight_decay and self.decoupled:
            data *= 1 - self.lr * self.weight_decay
        elif self.weight_decay:
            grad = grad + self.weight_decay * data
        if not state:
            state.update(step=np.zeros((), np.int64), mean=np.zeros_like(data), square=np.zeros_like(data))
        state["step"] += 1
        step, (beta1, beta2) = int(state["step"]), self.betas
        mean, square = state["mean"], state["square"]
        mean += (1 - beta1) * (grad - mean)
        square *= beta2
        square += (1 - beta2) * grad * grad
        divisor = np.sqrt(square) / math.sqrt(1 - beta2**step) + self.eps
        data -= (self.lr / (1 - beta1**step)) * mean / divisor


class AdamW(Adam):
    r"""Adam with weight decay that shrinks the parameter itself instead of entering the gradient.

    Parameters
    ----------
    params, lr, betas, eps
        As in `Adam`.
    weight_decay : float, default 1e-2

    Notes
    -----
    Before Adam's step, :math:`\theta \leftarrow (1 - \eta \lambda)\, \theta`.

    References
    ----------
    Loshchilov and Hutter (2017), "Decoupled weight decay regularization", algorithm 2.
    """

    decoupled = True

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)
