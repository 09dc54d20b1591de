"""The kernel lab: a picture, a kernel, and what the one makes of the other, computed in the page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from cnncourse.chapters.convolution.levels import LEVELS, is_solved
from cnncourse.course.kernels import KERNELS, kernel_numbers
from cnncourse.course.live import Field, Live, array, whole_number
from cnncourse.course.photo import CROPS, grey_photo
from cnncourse.course.pixels import show_filtered, show_grey
from cnncourse.errors import message
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, number_text, shade
from cnncourse.plots.picture import Picture

_LARGEST = 7


class KernelLab(Live):
    """The kernel lab; made by `kernel_lab`.

    Attributes
    ----------
    kernel : ndarray of shape (KH, KW)
        The weights. Setting it moves the page.
    image : ndarray of shape (H, W)
        Grey levels, 0 to 255.
    level : int
        Which picture is to be made, from 1.
    """

    name = "kernel_lab"
    title = "Kernel lab"
    module = "chapters/convolution/live/kernel_lab.js"
    height = (61.5, 80)
    kernel = Field(array(2))
    image = Field(array(2, low=0, high=255))
    level = Field(whole_number(1, len(LEVELS)))

    @property
    def solved(self) -> bool:
        """Whether the kernel makes the picture of the level."""
        return is_solved(self.kernel, LEVELS[self.level - 1])

    def check(self, state: dict[str, Any]) -> None:
        """Raise if the kernel is larger than 7 × 7 or than the image."""
        kernel, image = state["kernel"].shape, state["image"].shape
        if max(kernel) > _LARGEST:
            rule = f"must have at most {_LARGEST} × {_LARGEST} weights"
            raise ValueError(message("kernel", f"shape {kernel}", rule, "Take a smaller one."))
        if image[0] < kernel[0] or image[1] < kernel[1]:
            rule = f"must be at least as large as the kernel, {kernel[0]} × {kernel[1]}"
            raise ValueError(message("image", f"shape {image}", rule, "Take a larger one."))

    def compute(self) -> dict[str, np.ndarray]:
        """Return ``{"output": ndarray of shape (H − KH + 1, W − KW + 1)}``."""
        return {"output": conv2d(self.image[None, None], self.kernel[None, None])[0, 0]}

    def constants(self) -> dict[str, Any]:
        """Return the kernels with names, and the pictures to make."""
        kernels = {name: kernel.tolist() for name, kernel in KERNELS.items()}
        return {"kernels": kernels, "levels": [asdict(level) for level in LEVELS]}

    def picture(self) -> Picture:
        """Return picture, response and kernel as a figure with its words."""
        output = self.result["output"]
        side = max(self.image.shape)
        pixel = 224 / side
        fig, ax = style.canvas(480, 400)
        for x, title in ((10, "Picture"), (246, "Response")):
            ax.text(x, 22, title, fontsize=11.5, fontweight="bold", va="center")
        show_grey(ax, self.image, 10, 38, pixel)
        show_filtered(ax, output, self.kernel, 246, 38, pixel)
        cell = 108 / max(self.kernel.shape)
        draw_cells(
            ax,
            self.kernel,
            x=12,
            y=280,
            size=cell,
            fills=shade(self.kernel, "signed"),
            fontsize=fitting_fontsize(self.kernel, cell),
        )
        reach = f"from {number_text(round(output.min()))} to {number_text(round(output.max()))}"
        ax.text(140, 284, f"Kernel. The response runs\n{reach}.", fontsize=11, va="top", linespacing=1.45)
        rows = "; ".join(" ".join(number_text(weight) for weight in row) for row in self.kernel)
        return Picture(fig, f"A picture and what the kernel {rows} makes of it: values {reach}.")


def kernel_lab(kernel: Any = "Sobel x", image: Any = "pagoda", level: int = 1) -> KernelLab:
    """Return the kernel lab: change the kernel, see at once what it makes of a picture.

    Let it be the last line of a cell. In a running notebook ``lab.kernel`` follows what is set in the page,
    and setting it moves the page.

    Parameters
    ----------
    kernel : str or array_like of shape (KH, KW), default "Sobel x"
        Weights, or a name in `cnncourse.course.kernels.KERNELS`.
    image : str or array_like of shape (H, W), default "pagoda"
        Grey levels, 0 to 255, or the name of a photograph: "pagoda", "flower".
    level : int, default 1
        Which picture is to be made, 1 to 6.

    Returns
    -------
    KernelLab
        ``lab.result["output"]`` is the response, ``lab.solved`` says whether the picture is made.

    Raises
    ------
    TypeError, ValueError
        If a name is unknown, an array has another form, or the kernel does not fit.

    Examples
    --------
    >>> lab = kernel_lab("identity")
    >>> lab.kernel = [[0, 0, 0], [0, 0.5, 0], [0, 0, 0]]
    >>> lab.solved
    True
    >>> lab.result["output"].shape
    (166, 166)
    """
    weights = kernel_numbers(kernel) if isinstance(kernel, str) else kernel
    if isinstance(image, str):
        if image not in CROPS:
            raise ValueError(
                message("image", repr(image), f"must be one of {', '.join(CROPS)}", "Or pass an array.")
            )
        image = grey_photo(image, 168)
    return KernelLab(kernel=weights, image=image, level=level)
