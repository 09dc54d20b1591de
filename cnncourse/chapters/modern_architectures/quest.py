"""The quest: an Inception block within a budget of multiplications."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from cnncourse.course.explorers import explorer, quest
from cnncourse.plots import style

# Block 3a of GoogLeNet: 192 channels of 28 × 28 go in; 64, 128 and 32 come out of the branches 1×1, 3×3, 5×5.
IN_CHANNELS, SIDE, ONE, THREE, FIVE = 192, 28, 64, 128, 32
CHANNELS, BUDGET = 256, 130_000_000


def inception_branches(reduce_3, reduce_5, projection):
    """Return the output channels and the multiplications of each branch of an Inception block."""
    pixels = SIDE * SIDE

    def reduced(width, kernel_size, out):
        first = IN_CHANNELS * width if width < IN_CHANNELS else 0
        return pixels * (first + width * kernel_size**2 * out)

    pooled = IN_CHANNELS * projection if projection < IN_CHANNELS else 0
    return {
        "1 × 1": (ONE, pixels * IN_CHANNELS * ONE),
        "3 × 3": (THREE, reduced(reduce_3, 3, THREE)),
        "5 × 5": (FIVE, reduced(reduce_5, 5, FIVE)),
        "pooling": (projection, pixels * pooled),
    }


def _totals(reduce_3, reduce_5, projection):
    branches = inception_branches(reduce_3, reduce_5, projection)
    channels, macs = (sum(column) for column in zip(*branches.values()))
    return branches, channels, macs


def _alt(reduce_3, reduce_5, projection):
    branches, channels, macs = _totals(reduce_3, reduce_5, projection)
    parts = "; ".join(f"{name}: {count} channels, {work:,}" for name, (count, work) in branches.items())
    return (
        f"An Inception block on 192 channels of 28 × 28, reduced to {reduce_3} before the 3 × 3, "
        f"to {reduce_5} before the 5 × 5 and to {projection} behind the pooling. Channels and "
        f"multiplications by branch: {parts}. Together {channels} channels and {macs:,}; "
        f"asked for: {CHANNELS} channels with at most {BUDGET:,}."
    )


@explorer("An Inception block within a budget", _alt)
def inception_block(reduce_3, reduce_5, projection):
    """Draw the four branches of an Inception block with their channels and multiplications."""
    branches, channels, macs = _totals(reduce_3, reduce_5, projection)
    fig, ax = style.canvas(480, 292)
    _total(ax, 12, f"{channels} channels", f"asked for: {CHANNELS}", channels == CHANNELS)
    budget = f"at most {BUDGET / 1e6:.0f} million"
    _total(ax, 218, f"{macs / 1e6:.1f} million MACs", budget, macs <= BUDGET)
    most = 190e6  # of one branch, so that all frames have one scale
    for row, (name, (count, work)) in enumerate(branches.items()):
        y = 104 + 46 * row
        ax.text(12, y, name, fontsize=11.5, fontweight="bold", va="center")
        ax.text(92, y, f"{count} out", fontsize=11, va="center")
        width = max(1.5, 170 * work / most)
        ax.add_patch(Rectangle((164, y - 10), width, 20, facecolor=style.BLUE))
        text = f"{work / 1e6:.1f} million" if work else "nothing"
        ax.text(170 + width, y, text, fontsize=11, va="center")
    return fig


def _total(ax, x, text, rule, good):
    colour = style.GREEN_TEXT if good else style.RED_TEXT
    ax.text(x, 24, text, fontsize=14, fontweight="bold", va="center", color=colour)
    ax.text(x, 48, rule, fontsize=11, va="center", color=style.MUTED)


def inception_solved(reduce_3, reduce_5, projection):
    """Return whether 256 channels leave the block within the budget, and a hint."""
    branches, channels, macs = _totals(reduce_3, reduce_5, projection)
    if channels != CHANNELS:
        return False, f"{channels} channels leave the block. Which branch passes on all it gets?"
    if macs <= BUDGET:
        return True, f"{macs / 1e6:.0f} million. GoogLeNet's own choice is 96, 16 and 32: 128 million."
    if branches["3 × 3"][1] > 110e6:
        return False, "The 3 × 3 branch is the most expensive one. Let it read fewer channels."
    return False, "Nearly there. The 5 × 5 has 25 weights for each channel it reads."


def cheap_inception():
    """Show the quest: 256 channels with at most 130 million multiplications."""
    quest(
        inception_block,
        inception_solved,
        prompt=f"Let {CHANNELS} channels leave with at most {BUDGET / 1e6:.0f} million multiplications.",
        reduce_3=[192, 128, 96, 64],
        reduce_5=[192, 64, 32, 16],
        projection=[192, 32],
    )
