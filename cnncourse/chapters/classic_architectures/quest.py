"""The quest: see far with few weights."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from cnncourse.course.explorers import explorer, quest
from cnncourse.ops.shapes import receptive_field
from cnncourse.plots import style

CHANNELS, GOAL, BUDGET = 64, 11, 200_000
_SCALE = 5.0  # CSS pixels for each pixel of the image


def stack_size(kernel_size, layers):
    """Return how far a stack of convolutions with stride 1 sees, and its weights."""
    field, _ = receptive_field([(kernel_size, 1)] * layers)
    return field, layers * kernel_size**2 * CHANNELS**2


def _alt(kernel_size, layers):
    field, weights = stack_size(kernel_size, layers)
    word = "convolution" if layers == 1 else "convolutions"
    return (
        f"{layers} {word} of {kernel_size} × {kernel_size} see {field} × {field} pixels and have {weights:,} "
        f"weights. Asked for: at least {GOAL} × {GOAL} pixels with at most {BUDGET:,} weights."
    )


@explorer("See far with few weights", _alt)
def stack_of_kernels(kernel_size, layers):
    """Draw what a stack of convolutions sees after each layer, and its weights beside the budget."""
    field, weights = stack_size(kernel_size, layers)
    fig, ax = style.canvas(480, 276)
    x, y = 112, 158
    for depth in range(layers, 0, -1):
        side = _SCALE * stack_size(kernel_size, depth)[0]
        ax.add_patch(
            Rectangle(
                (x - side / 2, y - side / 2), side, side, facecolor=style.SKY, alpha=0.35, edgecolor="none"
            )
        )
        ax.add_patch(
            Rectangle(
                (x - side / 2, y - side / 2), side, side, fill=False, edgecolor=style.BLUE, linewidth=1.2
            )
        )
    side = _SCALE * GOAL
    ax.add_patch(
        Rectangle(
            (x - side / 2, y - side / 2), side, side, fill=False, edgecolor=style.RED, linewidth=2.2, ls="--"
        )
    )
    ax.text(12, 20, "What one unit sees", fontsize=11.5, fontweight="bold", va="center")
    ax.text(12, 44, f"dashed: {GOAL} × {GOAL}", fontsize=11, va="center", color=style.RED_TEXT)
    enough, cheap = field >= GOAL, weights <= BUDGET
    _verdict(ax, 62, "sees", f"{field} × {field} pixels", enough)
    _verdict(ax, 136, "weights", f"{weights:,}", cheap)
    ax.text(244, 204, f"The budget is {BUDGET:,}.", fontsize=11, va="center", color=style.MUTED)
    ax.text(244, 228, f"{CHANNELS} channels in and out.", fontsize=11, va="center", color=style.MUTED)
    return fig


def _verdict(ax, y, head, text, good):
    ax.text(244, y, head, fontsize=11, va="center", color=style.MUTED)
    colour = style.GREEN_TEXT if good else style.RED_TEXT
    ax.text(244, y + 28, text, fontsize=15, fontweight="bold", va="center", color=colour)


def stack_solved(kernel_size, layers):
    """Return whether the stack sees far enough within the budget, and a hint."""
    field, weights = stack_size(kernel_size, layers)
    if field >= GOAL and weights <= BUDGET:
        one = stack_size(GOAL, 1)[1]
        return True, f"{weights:,} weights, where one kernel of {GOAL} × {GOAL} has {one:,}."
    if field < GOAL and weights > BUDGET:
        return False, "It sees too little and costs too much. Try smaller kernels and more of them."
    if field < GOAL:
        return False, f"{field} × {field} is not far enough. A further layer adds {kernel_size - 1} pixels."
    if kernel_size == 3:
        return False, "Far enough, and the right kernel. One layer fewer would do."
    return False, f"It sees enough, but {weights:,} weights are too many. How far do small kernels get you?"


def find_stack():
    """Show the quest: see 11 × 11 pixels with at most 200,000 weights."""
    quest(
        stack_of_kernels,
        stack_solved,
        prompt=f"See at least {GOAL} × {GOAL} pixels with at most {BUDGET:,} weights.",
        kernel_size=[3, 5, 7],
        layers=[1, 2, 3, 4, 5, 6],
        start={"kernel_size": 7, "layers": 1},
    )
