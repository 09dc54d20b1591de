"""The quest: a small network for photographs, and where its parameters are."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from cnncourse.course.explorers import explorer, quest
from cnncourse.plots import style

SIDE, CHANNELS, BUDGET = 64, 3, 40_000
_FILTERS, _HIDDEN = 32, 64


def layer_sizes(blocks, filters, hidden):
    """Return the trainable numbers of each layer, and the side of the last feature maps."""
    parameters, side, channels = {}, SIDE, CHANNELS
    for block in range(1, blocks + 1):
        parameters[f"convolution {block}"] = filters * (9 * channels + 1)
        channels, side = filters, (side - 2) // 2
    parameters["hidden layer"] = hidden * (channels * side * side + 1)
    parameters["output"] = hidden + 1
    return parameters, side


def _alt(blocks, filters, hidden):
    parameters, side = layer_sizes(blocks, filters, hidden)
    parts = ", ".join(f"{name} {number:,}" for name, number in parameters.items())
    return (
        f"A network for 64 × 64 colour pictures with {blocks} blocks, {filters} filters and {hidden} hidden "
        f"units. The last feature maps are {side} × {side}. Parameters: {parts}; "
        f"together {sum(parameters.values()):,}, the budget is {BUDGET:,}."
    )


@explorer("Where the parameters are", _alt)
def network_budget(blocks, filters, hidden):
    """Draw the parameters of each layer as bars, and their sum beside the budget."""
    parameters, side = layer_sizes(blocks, filters, hidden)
    total = sum(parameters.values())
    fig, ax = style.canvas(480, 286)
    colour = style.GREEN_TEXT if total <= BUDGET else style.RED_TEXT
    ax.text(12, 20, f"{total:,} parameters", fontsize=15, fontweight="bold", va="center", color=colour)
    ax.text(12, 44, f"The budget is {BUDGET:,}.", fontsize=11, va="center", color=style.MUTED)
    for row, (name, number) in enumerate(parameters.items()):
        y = 76 + 31 * row
        ax.text(12, y, name, fontsize=11.5, va="center")
        width = 220 * number / total
        dense = not name.startswith("convolution")
        ax.add_patch(Rectangle((124, y - 9), max(width, 1), 18, facecolor=style.RED if dense else style.BLUE))
        ax.text(130 + width, y, f"{number:,} · {number / total:.0%}", fontsize=11, va="center")
    ax.text(12, 266, f"The hidden layer sees {filters} maps of {side} × {side}.", fontsize=11.5, va="center",
            color=style.MUTED)  # fmt: skip
    return fig


def budget_solved(blocks, filters, hidden):
    """Return whether the network keeps its filters and units within the budget, and a hint."""
    parameters, side = layer_sizes(blocks, filters, hidden)
    total = sum(parameters.values())
    if filters < _FILTERS:
        return False, "32 filters are asked for. Look for another place to save."
    if hidden < _HIDDEN:
        return False, "At least 64 hidden units are asked for. Look for another place to save."
    if total <= BUDGET:
        return True, f"{total:,}. More convolutions, fewer numbers: each pooling quarters the maps."
    if blocks == 4:
        return False, f"{total:,}: nearly there. The hidden layer may be a little smaller."
    share = parameters["hidden layer"] / total
    return False, f"{share:.0%} are in the hidden layer. How can the {side} × {side} maps become smaller?"


def fit_the_budget():
    """Show the quest: 32 filters and 64 hidden units within 40,000 parameters."""
    quest(
        network_budget,
        budget_solved,
        prompt=f"Stay within {BUDGET:,} parameters, with 32 filters and at least 64 hidden units.",
        blocks=[1, 2, 3, 4],
        filters=[8, 16, 32],
        hidden=[32, 64, 128],
        start={"blocks": 2, "filters": 32, "hidden": 128},
    )
