"""The quest: which two faults has this backward pass?"""

from __future__ import annotations

import numpy as np

from cnncourse import ops
from cnncourse.course.explorers import explorer, quest
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, shade

KERNELS = ("turned", "as it is", "transposed")
MASKS = ("sum > 0", "gradient > 0", "none")
BATCHES = ("summed", "averaged", "first only")
SECRET = ("as it is", "sum > 0", "averaged")
# A 3 × 3 convolution and a ReLU, two images of 4 × 4 pixels, and the gradient that comes from above.
_IMAGES = np.array(
    [
        [[[1.0, 0, 2, -1], [0, 1, -1, 2], [2, -1, 0, 1], [-1, 2, 1, 0]]],
        [[[0.0, 2, 1, 1], [1, -1, 2, 0], [1, 0, -1, 2], [2, 1, 1, -1]]],
    ]
)
_WEIGHT = np.array([[[[1.0, 2, 0], [-1, 1, 1], [0, -2, 1]]]])
_GRADIENT = np.array([[[[2.0, -1], [1, 2]]], [[[-2.0, 1], [2, 1]]]])


def gradients_of(kernel, mask, batch):
    """Return what a backward pass with these choices computes for a convolution and a ReLU."""
    for name, value, known in (("kernel", kernel, KERNELS), ("mask", mask, MASKS), ("batch", batch, BATCHES)):
        if value not in known:
            raise ValueError(
                f"{name}: got {value!r}, but it is one of {', '.join(known)}. Choose one of them."
            )
    sums = ops.conv2d(_IMAGES, _WEIGHT)
    open_ = {"sum > 0": sums > 0, "gradient > 0": _GRADIENT > 0, "none": np.full(sums.shape, True)}[mask]
    grad = _GRADIENT * open_
    square = _WEIGHT[0, 0]
    laid = {"turned": square[::-1, ::-1], "as it is": square, "transposed": square[::-1, ::-1].T}[kernel]
    grad_input = ops.conv2d(grad, laid[None, None], padding=2)[0, 0]
    per_image = np.array([ops.conv2d_backward(g, x, _WEIGHT)[1][0, 0] for g, x in zip(grad, _IMAGES)])
    joined = {"summed": per_image.sum(axis=0), "averaged": per_image.mean(axis=0), "first only": per_image[0]}
    return grad_input, joined[batch]


def _alt(kernel, mask, batch):
    yours = gradients_of(kernel, mask, batch)
    goal = gradients_of(*SECRET)
    same = [int((one == other).sum()) for one, other in zip(yours, goal)]
    return (
        f"Kernel {kernel}, mask {mask}, batch {batch}. Equal to the faulty backward pass: {same[0]} of 16 "
        f"numbers of the input's gradient and {same[1]} of 9 of the weights'. Sums: {yours[0].sum():g} and "
        f"{yours[1].sum():g}, wanted {goal[0].sum():g} and {goal[1].sum():g}."
    )


@explorer("Find the two faults", _alt)
def faulty_backward(kernel, mask, batch):
    """Draw the gradients of a faulty backward pass beside those with these choices."""
    fig, ax = style.canvas(480, 470)
    goal, yours = gradients_of(*SECRET), gradients_of(kernel, mask, batch)
    for x, title in ((98, "The faulty one"), (296, "Yours")):
        ax.text(x, 20, title, fontsize=12, fontweight="bold", va="center")
    for row, (name, top, cell) in enumerate((("input,\nimage 1", 40, 44), ("weights", 246, 58.7))):
        ax.text(12, top + 88, name, fontsize=11, va="center", color=style.MUTED)
        limit = np.abs(goal[row]).max()
        for x, values in ((98, goal[row]), (296, yours[row])):
            draw_cells(ax, values, x=x, y=top, size=cell, fills=shade(values, "signed", limit),
                       fontsize=fitting_fontsize(values, cell, 12))  # fmt: skip
    same = all(np.array_equal(one, other) for one, other in zip(goal, yours))
    words = "The same numbers everywhere." if same else "They differ."
    ax.text(98, 446, words, fontsize=12, va="center", color=style.GREEN_TEXT if same else style.RED_TEXT)
    return fig


def bug_found(kernel, mask, batch):
    """Return whether these choices give the numbers of the faulty backward pass, and a hint."""
    if (kernel, mask, batch) == SECRET:
        return True, (
            "Its kernel is not turned, and it averages over the batch a second time, after the loss has "
            "done so."
        )
    if mask != SECRET[1]:
        return False, (
            "The weights' gradient does not even have the right pattern. Which outputs let a gradient "
            "through?"
        )
    if batch != SECRET[2]:
        return False, (
            "Divide one weights' gradient by the other. Is it the same number everywhere? Then think of the "
            "batch."
        )
    return False, "The weights agree, the input does not. The kernel enters only there."


def find_gradient_bug():
    """Show the quest: find the two faults of a backward pass from the numbers it returns."""
    quest(
        faulty_backward,
        bug_found,
        prompt="Yours starts without a fault. Build in the two faults that make the numbers on the left.",
        kernel=list(KERNELS),
        mask=list(MASKS),
        batch=list(BATCHES),
    )
