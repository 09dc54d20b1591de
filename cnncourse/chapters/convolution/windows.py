"""Convolution, window by window: any number can be changed, any output shows which numbers make it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse import ops
from cnncourse.course.kernels import kernel_numbers
from cnncourse.course.live import Field, Live, array, one_of, whole_number
from cnncourse.errors import message
from cnncourse.ops import shapes
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, frame_cells, number_text, shade
from cnncourse.plots.picture import Picture

# Left half black, right half white: one vertical edge in the middle.
EDGE_IMAGE = np.hstack([np.zeros((6, 3)), np.full((6, 3), 255.0)])
_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
_LARGEST = {"input": 9, "kernel": 5}
_MOST_CHANNELS = 3


def _padding(name: str, value: Any) -> int | str:
    return value if value in ("same", "valid") else whole_number(0, 4)(name, value)


class ConvolutionWindows(Live):
    """The convolution explorer; made by `convolution_windows`.

    Attributes
    ----------
    input : ndarray of shape (H, W) or (C, H, W)
        Up to 9 × 9 numbers, up to 3 channels. Setting it moves the page.
    kernel : ndarray of shape (KH, KW) or (C, KH, KW)
        Up to 5 × 5 weights for each channel.
    stride, dilation : int
        1 to 4.
    padding : int or {"same", "valid"}
        0 to 4 places on each side.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What stands there.
    """

    name = "convolution"
    title = "Convolution, window by window"
    module = "chapters/convolution/live/convolution.js"
    height = (41, 64)
    input = Field(array(2, 3))
    kernel = Field(array(2, 3))
    stride = Field(whole_number(1, 4))
    padding = Field(_padding)
    dilation = Field(whole_number(1, 4))
    padding_mode = Field(one_of(*_MODES))

    def check(self, state: dict[str, Any]) -> None:
        """Raise if an array is too large, the channels differ, or the kernel does not fit."""
        for name, side in _LARGEST.items():
            shape = state[name].shape
            if max(shape[-2:]) > side or (len(shape) == 3 and shape[0] > _MOST_CHANNELS):
                rule = f"must have at most {side} × {side} numbers and {_MOST_CHANNELS} channels"
                raise ValueError(message(name, f"shape {shape}", rule, "Take a part of it."))
        counts = [1 if state[name].ndim == 2 else len(state[name]) for name in ("input", "kernel")]
        if counts[0] != counts[1]:
            rule = f"must have as many channels as the input, {counts[0]}"
            raise ValueError(message("kernel", counts[1], rule, "One kernel for each channel."))
        _output(**state)

    def compute(self) -> dict[str, np.ndarray]:
        """Return ``{"output": ndarray of shape (OH, OW)}``."""
        return {"output": _output(**self._values)}

    def picture(self) -> Picture:
        """Return input, kernel and output as a figure with its words; of several channels the first."""
        output = self.result["output"]
        image, kernel = (a if a.ndim == 2 else a[0] for a in (self.input, self.kernel))
        fig, ax = style.canvas(480, 250)
        for x, side, title, values, kind in (
            (10, 190, "Input", image, "grey" if 20 < image.max() <= 255 and image.min() >= 0 else "signed"),
            (222, 92, "Kernel", kernel, "signed"),
            (336, 134, "Output", output, "signed"),
        ):
            cell, top = side / max(values.shape), 40 + (190 - side) / 2
            ax.text(x, top - 18, title, fontsize=11.5, fontweight="bold", va="center")
            fills, size = shade(values, kind), fitting_fontsize(values, cell)
            draw_cells(ax, values, x=x, y=top, size=cell, fills=fills, fontsize=size)
        frame_cells(ax, 0, 0, 1, 1, x=336, y=40 + 28, size=134 / max(output.shape), colour=style.GREEN)
        rows = "; ".join(" ".join(number_text(value) for value in row) for row in output)
        return Picture(
            fig,
            f"An input of {image.shape[0]} × {image.shape[1]} numbers, a kernel of {kernel.shape[0]} × "
            f"{kernel.shape[1]}, and the output of {output.shape[0]} × {output.shape[1]}: {rows}.",
        )


def _output(
    input: np.ndarray,
    kernel: np.ndarray,
    stride: int,
    padding: int | str,
    dilation: int,
    padding_mode: str,
) -> np.ndarray:
    """Return the convolution of the channels, padded as the mode says."""
    image, weight = (a[None] if a.ndim == 2 else a for a in (input, kernel))
    (top, bottom), (left, right) = shapes.conv_padding(
        padding, list(weight.shape[1:]), (stride, stride), (dilation, dilation)
    )
    padded = ops.pad(image, (left, right, top, bottom), _MODES[padding_mode])
    return ops.conv2d(padded, weight[None], stride=stride, dilation=dilation)[0]


def convolution_windows(
    input: Any = EDGE_IMAGE,
    kernel: Any = "Sobel x",
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
    padding_mode: str = "zeros",
) -> ConvolutionWindows:
    """Return the convolution explorer: change any number, walk any output, see which numbers make it.

    Let it be the last line of a cell.

    Parameters
    ----------
    input : array_like of shape (H, W) or (C, H, W), optional
        Up to 9 × 9 numbers and 3 channels; a picture with one vertical edge by default.
    kernel : str or array_like of shape (KH, KW) or (C, KH, KW), default "Sobel x"
        Up to 5 × 5 weights, or a name in `cnncourse.course.kernels.KERNELS`.
    stride, dilation : int, default 1
        1 to 4.
    padding : int or {"same", "valid"}, default 0
        Places added on each side, 0 to 4.
    padding_mode : {"zeros", "reflect", "replicate", "circular"}, default "zeros"
        What stands there, as in ``torch.nn.Conv2d``.

    Returns
    -------
    ConvolutionWindows
        ``lab.result["output"]`` is the output.

    Raises
    ------
    TypeError, ValueError
        If an array has another form, the channels differ, or the kernel does not fit.

    Examples
    --------
    >>> convolution_windows().result["output"][0]
    array([   0., 1020., 1020.,    0.])
    """
    weights = kernel_numbers(kernel) if isinstance(kernel, str) else kernel
    return ConvolutionWindows(
        input=input,
        kernel=weights,
        stride=stride,
        padding=padding,
        dilation=dilation,
        padding_mode=padding_mode,
    )
