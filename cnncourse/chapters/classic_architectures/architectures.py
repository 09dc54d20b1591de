"""Explorer of eight networks: where shapes shrink, where the parameters are, where the work is."""

from __future__ import annotations

import functools

from matplotlib.patches import Rectangle

from cnncourse.course.explorers import explorer
from cnncourse.course.runs import stored
from cnncourse.plots import style
from cnncourse.plots.architecture import Block, draw_blocks, shape_text

ARCHITECTURES = ("LeNet-5", "AlexNet", "ZFNet", "VGG-16", "NiN", "GoogLeNet", "ResNet-18", "ResNet-50")
QUANTITIES = ("shape", "parameters", "MACs", "sees")
_WIDTH, _HEIGHT = 480, 388
_HEADS = {
    "shape": "shape, and how many numbers",
    "parameters": "parameters",
    "MACs": "multiplications for one image",
    "sees": "one unit sees, in pixels",
}


@functools.lru_cache(maxsize=1)
def _networks():
    """Return what ``benchmarks/architectures.py`` has counted, by the name of the network."""
    return stored("architectures")["networks"]


def _network(model, show):
    if model not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ValueError(f"model: got {model!r}, but the networks are {known}. Choose one of them.")
    if show not in QUANTITIES:
        raise ValueError(f"show: got {show!r}, but it is one of {', '.join(QUANTITIES)}. Choose one of them.")
    return _networks()[model]


def _values(stage):
    size = 1
    for side in stage["shape"]:
        size *= side
    return size


def short_number(number):
    """Return a number in four figures: ``"61,706"``, ``"102.8 million"``."""
    for size, word, digits in ((1e9, "billion", 2), (1e6, "million", 1)):
        if number >= size:
            return f"{number / size:.{digits}f} {word}"
    return f"{number:,}"


def _cells(network, show):
    """The length of each stage's bar, from 0 to 1, and what is written beside it."""
    stages, side = network["stages"], network["input"][1]
    if show == "sees":
        return [
            (min(1.0, stage["field"] / side), f"{stage['field']} × {stage['field']}")
            if stage["field"]
            else (1.0, "everything")
            for stage in stages
        ]
    if show == "shape":
        most = max(_values(stage) for stage in stages)
        return [(_values(stage) / most, f"{shape_text(stage['shape'])}") for stage in stages]
    key = show.lower()
    most = max(stage[key] for stage in stages)
    return [
        (stage[key] / most, f"{short_number(stage[key])} · {_percent(stage[key] / network[key])}")
        for stage in stages
    ]


def _percent(share):
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def _footer(network, show):
    stages, side = network["stages"], network["input"][1]
    if show == "sees":
        over = [stage["name"] for stage in stages if stage["field"] and stage["field"] > side]
        text = f"The image: {side} × {side}."
        return text + (f" {over[0]} sees beyond it." if over else "")
    if show == "shape":
        return f"The bars: {short_number(sum(map(_values, stages)))} numbers leave these stages."
    dense = sum(stage[show.lower()] for stage in stages if stage["name"].startswith("dense"))
    return f"{_percent(dense / network[show.lower()])} of the {show} are in dense layers."


def _alt(model, show):
    network = _network(model, show)
    stages = network["stages"]
    start = (
        f"{model}, {network['year']}: {network['parameters']:,} parameters and {network['macs']:,} "
        f"multiplications for an image of {shape_text(network['input'])}. "
    )
    if show == "shape":
        parts = [f"{stage['name']}: {shape_text(stage['shape'])}" for stage in stages]
        return start + f"Shapes: {'; '.join(parts)}."
    if show == "sees":
        parts = [f"{stage['name']}: {stage['field'] or 'everything'}" for stage in stages]
        return start + f"Side of the receptive field in pixels: {'; '.join(parts)}."
    key = show.lower()
    parts = [f"{s['name']}: {s[key]:,}, {s[key] / network[key]:.1%}" for s in stages]
    return start + f"{show[0].upper()}{show[1:]} by stage: {'; '.join(parts)}."


@explorer(
    "Eight networks, stage by stage",
    _alt,
    model=list(ARCHITECTURES),
    show=["shape", "parameters", "MACs", "sees"],
)
def architecture(model, show):
    """Draw a network as blocks, and one quantity of each stage as bars with numbers."""
    network = _network(model, show)
    fig, ax = style.canvas(_WIDTH, _HEIGHT)
    words = {"fontsize": 10.5, "va": "center"}
    ax.text(12, 20, f"{model}, {network['year']}", fontsize=14, fontweight="bold", va="center")
    totals = f"{short_number(network['parameters'])} parameters, {short_number(network['macs'])} MACs"
    ax.text(12, 44, totals, fontsize=11, va="center", color=style.MUTED)
    ax.text(220, 70, _HEADS[show], color=style.MUTED, **words)
    blocks = [Block(s["name"], tuple(s["shape"]), s["parameters"]) for s in network["stages"]]
    middles = draw_blocks(ax, blocks, x=58, y=82)
    for block, middle, (share, text) in zip(blocks, middles, _cells(network, show)):
        ax.text(120, middle, block.name, fontweight="bold", **words)
        colour = style.BLUE if block.is_map else style.RED
        width = max(1.5, 94 * share)
        ax.add_patch(Rectangle((220, middle - 8), width, 16, facecolor=colour))
        ax.text(226 + width, middle, text, **words)
    ax.text(12, _HEIGHT - 18, _footer(network, show), fontsize=11.5, va="center")
    return fig
