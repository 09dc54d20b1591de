"""What each layer of a network gives out, costs and sees."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode


@dataclass(frozen=True)
class LayerRow:
    """One call of one layer.

    Attributes
    ----------
    name : str
        Path of the module, as in the keys of ``state_dict``.
    kind : str
        Name of its class.
    output_shape : tuple of int
        Of one image, without the batch.
    parameters : int
        Trainable ones; 0 when the same module was called before.
    macs : int
        Multiply-accumulate operations for one image.
    receptive_field : (int, int) or None
        Height and width in pixels of the input; None: the whole image.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    macs: int
    receptive_field: tuple[int, int] | None


@dataclass(frozen=True)
class Summary:
    """The rows of a network. Iterate over it, or print it: that shows a table.

    Attributes
    ----------
    rows : tuple of LayerRow
        In the order of execution.
    parameters : int
        Trainable ones of the whole network.
    macs : int
        Multiply-accumulate operations of one image through the whole network.
    """

    rows: tuple[LayerRow, ...]
    parameters: int
    macs: int

    def __iter__(self) -> Iterator[LayerRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        cells = [("layer", "output shape", "parameters", "MACs", "sees")]
        cells += [
            (
                f"{row.name} ({row.kind})" if row.name else row.kind,
                "×".join(map(str, row.output_shape)),
                f"{row.parameters:,}",
                f"{row.macs:,}",
                "×".join(map(str, row.receptive_field)) if row.receptive_field else "all",
            )
            for row in self.rows
        ]
        cells.append(("total", "", f"{self.parameters:,}", f"{self.macs:,}", ""))
        widths = [max(len(row[i]) for row in cells) for i in range(5)]
        lines = [
            "  ".join([row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])])
            for row in cells
        ]
        rule = "─" * len(lines[0])
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    __repr__ = __str__


def summary(model: nn.Module, input_size: tuple[int, ...]) -> Summary:
    """Output shape, parameters, cost and receptive field of each layer.

    Nothing is computed: the shapes alone travel through the network (PyTorch's meta device), so VGG-19 takes
    no longer than LeNet. Branches, sums and concatenations are followed.

    Parameters
    ----------
    model : nn.Module
        Any network that takes one tensor of images.
    input_size : tuple of int
        (channels, height, width) of one image, pixels.

    Returns
    -------
    Summary
        Rows in the order of execution. Iterate over it, or print it.

    Raises
    ------
    TypeError
        If ``model`` is no torch network.
    ValueError
        If ``input_size`` is not three whole numbers of at least 1, or the network refuses such an image.

    Notes
    -----
    A layer with kernel k (dilation d) and stride s turns a field r with spacing j into r + d·(k - 1)·j with
    spacing j·s, both starting at 1; where branches meet the largest counts. A transposed convolution turns it
    into r + (⌈(d·(k - 1) + 1) / s⌉ - 1)·j with spacing j/s on average; further layers behind it can see a few
    pixels more. A dense layer, or pooling over all positions, sees the whole image; a dense layer at each
    position sees what that position saw. MACs count the multiplications of convolutions and matrix products;
    a bias adds none.

    References
    ----------
    Araujo, Norris, Sim: Computing receptive fields of convolutional neural networks, Distill (2019).

    Examples
    --------
    >>> from cnncourse import models
    >>> table = models.summary(models.create("lenet5", in_channels=1), (1, 28, 28))
    >>> table.rows[3].output_shape, table.rows[3].receptive_field
    ((16, 10, 10), (14, 14))
    >>> table.parameters, table.macs
    (61706, 416520)
    """
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"model is a {type(model).__name__}; it must be a torch.nn.Module, such as models.create(...)"
        )
    size = tuple(input_size)
    if len(size) != 3 or not all(isinstance(n, int) and n >= 1 for n in size):
        raise ValueError(f"input_size={input_size!r} must be three whole numbers: (channels, height, width)")
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    shapes = {
        name: torch.empty_like(tensor, device="meta", requires_grad=tensor.requires_grad)
        for name, tensor in tensors.items()
    }
    recorder = _Recorder()
    handles = []
    for name, module in model.named_modules():
        if not list(module.children()) or any(True for _ in module.parameters(recurse=False)):
            handles.append(module.register_forward_pre_hook(recorder.enter))
            handles.append(module.register_forward_hook(recorder.leave(name)))
    was_training = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with torch.no_grad(), recorder:
            torch.func.functional_call(model, shapes, (torch.empty(1, *size, device="meta"),))
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"input_size={input_size!r} does not go through the network: {error}") from error
    finally:
        for handle in handles:
            handle.remove()
        for module, training in was_training.items():
            module.training = training
    total = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return Summary(tuple(recorder.rows), total, recorder.macs)


class _Field(NamedTuple):
    """What one position of a tensor sees of the input, in input pixels."""

    height: int = 1
    width: int = 1
    jump_h: float = 1  # vertical distance between neighbours; below 1 after a transposed convolution
    jump_w: float = 1


_PIXEL = _Field()


class _Recorder(TorchDispatchMode):
    """Watch every operation: count its multiplications, carry the receptive field from inputs to output."""

    def __init__(self):
        super().__init__()
        self.rows: list[LayerRow] = []
        self.macs = 0
        self._starts: list[int] = []  # MACs before each module that is running
        self._seen: set[int] = set()
        self._fields = (
            torch.utils.weak.WeakTensorKeyDictionary()
        )  # tensor -> _Field, or None for the whole image

    def enter(self, module: nn.Module, inputs: tuple) -> None:
        self._starts.append(self.macs)

    def leave(self, name: str):
        def record(module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            macs = self.macs - self._starts.pop()
            parameters = 0
            if id(module) not in self._seen:
                self._seen.add(id(module))
                parameters = sum(p.numel() for p in module.parameters(recurse=False) if p.requires_grad)
            field = self._fields.get(output, _PIXEL)
            row = LayerRow(
                name,
                type(module).__name__,
                tuple(output.shape[1:]),
                parameters,
                macs,
                field and tuple(field[:2]),
            )
            self.rows.append(row)

        return record

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        inputs = [t for t in torch.utils._pytree.tree_leaves(args) if isinstance(t, torch.Tensor)]
        outputs = [t for t in torch.utils._pytree.tree_leaves(out) if isinstance(t, torch.Tensor)]
        if not inputs or not outputs:
            return out
        name = func.overloadpacket.__name__
        field = _widest([self._fields[t] for t in inputs if t in self._fields])
        result = outputs[0]
        if name == "convolution":
            weight, stride, dilation, transposed = args[1], args[3], args[5], args[6]
            # Each number that is read (transposed), or written, meets the weights of one row of `weight`.
            self.macs += (inputs[0] if transposed else result).numel() * weight[0].numel()
            spread = _spread if transposed else _grow
            field = spread(field, weight.shape[2:], stride, dilation)
        elif name in ("max_pool2d_with_indices", "avg_pool2d"):
            kernel = args[1]
            stride = args[2] if len(args) > 2 and args[2] else kernel
            dilation = args[4] if name.startswith("max") and len(args) > 4 else (1, 1)
            field = _grow(field, kernel, stride, dilation)
        elif name in ("addmm", "mm", "bmm"):
            left = inputs[1] if name == "addmm" else inputs[0]
            self.macs += result.numel() * left.shape[-1]
            if name == "bmm" or len(left) == 1:  # more rows: a dense layer at each position, as in ConvNeXt
                field = None
        elif name in ("mean", "_adaptive_avg_pool2d", "adaptive_max_pool2d"):
            field = _pooled(field, inputs[0], result)
        for tensor in outputs:
            self._fields[tensor] = field
        return out


def _widest(fields: list[_Field | None]) -> _Field | None:
    """The field of an operation on several tensors: in each direction the widest one."""
    if any(field is None for field in fields):
        return None
    return _Field(*map(max, zip(*fields))) if fields else _PIXEL


def _pair(value) -> tuple[int, int]:
    """(a, b) from a, [a] or [a, b]."""
    values = tuple(value) if isinstance(value, (list, tuple, torch.Size)) else (value,)
    return values if len(values) == 2 else (values[0], values[0])


def _grow(field: _Field | None, kernel, stride, dilation) -> _Field | None:
    """The field after a sliding window."""
    if field is None:
        return None
    (kh, kw), (sh, sw), (dh, dw) = _pair(kernel), _pair(stride), _pair(dilation)
    return _Field(
        math.ceil(field.height + dh * (kh - 1) * field.jump_h),
        math.ceil(field.width + dw * (kw - 1) * field.jump_w),
        field.jump_h * sh,
        field.jump_w * sw,
    )


def _spread(field: _Field | None, kernel, stride, dilation) -> _Field | None:
    """The field after a transposed convolution: outputs lie closer, and see the stamps that meet there."""
    if field is None:
        return None
    reach = [math.ceil((d * (k - 1) + 1) / s) for k, s, d in zip(*map(_pair, (kernel, stride, dilation)))]
    return _Field(
        math.ceil(field.height + (reach[0] - 1) * field.jump_h),
        math.ceil(field.width + (reach[1] - 1) * field.jump_w),
        field.jump_h / _pair(stride)[0],
        field.jump_w / _pair(stride)[1],
    )


def _pooled(field: _Field | None, before: torch.Tensor, after: torch.Tensor) -> _Field | None:
    """The field after adaptive pooling or a mean: all of the image, unless the sides stay as they are."""
    return field if before.shape[-2:] == after.shape[-2:] else None
