"""The quest: a LeNet that stays small and sees enough."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.patches import Rectangle

from cnncourse.chapters.a_cnn_from_scratch.layers import lenet_digit
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.pixels import draw_levels
from cnncourse.plots import style

BUDGET, FILTERS, FIELD = 20_000, 16, 20
_SIDE, _HIDDEN, _CLASSES = 28, 120, 10


@dataclass(frozen=True)
class SmallLenet:
    """What follows from the settings of a network.

    Attributes
    ----------
    sides : tuple of int
        Of the picture and of the maps after each layer: 28, convolution, pooling, convolution, pooling.
        A side below 1 means that a window no longer fits.
    parameters : dict of str to int
        By layer; empty where a window does not fit.
    field : int
        Side of the part of the picture that one number of the last maps depends on.
    """

    sides: tuple[int, ...]
    parameters: dict[str, int]
    field: int


def small_lenet(kernel_size, filters, pooling):
    """Work out shapes, parameters and receptive field of a small LeNet for 28 × 28 digits."""
    sides, field, jump = [_SIDE], 1, 1
    for _ in range(2):
        sides.append(sides[-1] - kernel_size + 1)
        field += (kernel_size - 1) * jump
        sides.append(max(sides[-1], 0) // pooling)
        field += (pooling - 1) * jump
        jump *= pooling
    if min(sides) < 1:
        return SmallLenet(tuple(sides), {}, field)
    inputs = 2 * filters * sides[-1] ** 2
    parameters = {
        "convolution 1": filters * (kernel_size**2 + 1),
        "convolution 2": 2 * filters * (filters * kernel_size**2 + 1),
        "dense 1": _HIDDEN * (inputs + 1),
        "dense 2": _CLASSES * (_HIDDEN + 1),
    }
    return SmallLenet(tuple(sides), parameters, field)


def _alt(kernel_size, filters, pooling):
    net = small_lenet(kernel_size, filters, pooling)
    settings = (
        f"Kernels {kernel_size} × {kernel_size}, {filters} and {2 * filters} filters, pooling {pooling}: "
    )
    settings += f"sides {', '.join(map(str, net.sides))}. "
    if not net.parameters:
        return settings + "A window no longer fits, so there is no such network."
    parts = ", ".join(f"{name} {number:,}" for name, number in net.parameters.items())
    return (
        f"{settings}One number of the last maps sees {net.field} × {net.field} pixels. Parameters: {parts}; "
        f"together {sum(net.parameters.values()):,}, the budget is {BUDGET:,}."
    )


@explorer("A small LeNet", _alt)
def lenet_plan(kernel_size, filters, pooling):
    """Draw the three goals, what one number of the last maps sees, and where the parameters are."""
    net = small_lenet(kernel_size, filters, pooling)
    total = sum(net.parameters.values())
    fig, ax = style.canvas(480, 356)
    _draw_field(ax, net)
    seen = f"sees {net.field} × {net.field}" if total else "sees nothing"
    goals = [
        (net.field >= FIELD and bool(total), seen, f"at least {FIELD} × {FIELD}"),
        (filters >= FILTERS, f"{filters} filters first", f"at least {FILTERS}"),
        (0 < total <= BUDGET, f"{total:,} parameters" if total else "no such network", f"at most {BUDGET:,}"),
    ]
    for row, (met, what, goal) in enumerate(goals):
        y = 30 + 50 * row
        colour = style.GREEN_TEXT if met else style.RED_TEXT
        ax.text(214, y, "✓" if met else "✗", fontsize=14, va="center", color=colour)
        ax.text(238, y, what, fontsize=13, fontweight="bold", va="center", color=colour)
        ax.text(238, y + 20, goal, fontsize=10.5, va="center", color=style.MUTED)
    sides = " → ".join(map(str, net.sides)) if net.parameters else "a window no longer fits"
    ax.text(12, 206, f"sides: {sides}", fontsize=11.5, va="center")
    for row, (name, number) in enumerate(net.parameters.items()):
        y = 238 + 31 * row
        ax.text(12, y, name, fontsize=11, va="center")
        width = 220 * number / total
        fill = style.BLUE if name.startswith("convolution") else style.RED
        ax.add_patch(Rectangle((126, y - 9), max(width, 1), 18, facecolor=fill, linewidth=0))
        ax.text(132 + width, y, f"{number:,} · {number / total:.0%}", fontsize=10.5, va="center")
    return fig


def _draw_field(ax, net):
    """Draw the digit and, in its middle, the part of it that one number of the last maps depends on."""
    pixel = 6
    draw_levels(ax, (lenet_digit() / 16).round() * 16, "gray", (0, 255), 12, 16, pixel)
    side = pixel * min(net.field, _SIDE)
    corner = (_SIDE * pixel - side) / 2
    ax.add_patch(
        Rectangle((12 + corner, 16 + corner), side, side, fill=False, edgecolor=style.ORANGE, linewidth=3)
    )


def plan_solved(kernel_size, filters, pooling):
    """Return whether the network meets the three goals, and a hint."""
    net = small_lenet(kernel_size, filters, pooling)
    total = sum(net.parameters.values())
    if not net.parameters:
        return (
            False,
            f"After {net.sides[2]} × {net.sides[2]} there is no room for all windows. Shrink more slowly.",
        )
    if filters < FILTERS:
        return False, f"{FILTERS} filters are asked for. Save somewhere else."
    if net.field < FIELD:
        return (
            False,
            f"One number sees {net.field} pixels a side. A pixel of a pooled map counts for several.",
        )
    if total <= BUDGET:
        return (
            True,
            f"{total:,}: a pixel of the pooled maps stands for nine, so few pixels are left to weigh.",
        )
    largest = max(net.parameters, key=net.parameters.get)
    share = net.parameters[largest] / total
    if largest == "convolution 2":
        kernels = f"{filters} · {2 * filters} kernels of {kernel_size} × {kernel_size}"
        return False, f"{share:.0%} are in the second convolution, which has {kernels}."
    return False, f"{share:.0%} are in the first dense layer. Fewer pixels in the last maps would help."


def shape_lenet():
    """Show the quest: a LeNet within 20,000 parameters that sees 20 × 20 pixels."""
    quest(
        lenet_plan,
        plan_solved,
        prompt=f"Two convolutions, two poolings, two dense layers. Stay within {BUDGET:,} parameters, with "
        f"at least {FILTERS} filters in the first layer, and let each number of the last maps see at least "
        f"{FIELD} × {FIELD} pixels.",
        kernel_size=[3, 5, 7],
        filters=[8, 16, 32],
        pooling=[2, 3],
        start={"filters": 16},
    )
