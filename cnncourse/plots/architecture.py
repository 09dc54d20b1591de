"""A network as a stack of blocks: what leaves each layer, drawn to scale, and its parameters."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.patches import Rectangle

from cnncourse.plots import style

WIDTH = 480  # of the drawing, in CSS pixels
MOST_BLOCKS = 20
_ROW, _TALLEST, _WIDEST, _LEAST = 25, 72, 104, 3


class Block(NamedTuple):
    """What one row of a network gives out."""

    name: str
    shape: tuple[int, ...]  # (channels, height, width), or (units,)
    parameters: int

    @property
    def is_map(self) -> bool:
        """Whether it has a height and a width."""
        return len(self.shape) == 3


def blocks_of(rows):
    """Return the rows of a network as blocks, without those that change nothing.

    Parameters
    ----------
    rows : iterable
        Each row is an object with ``name``, ``output_shape`` and ``parameters`` (and ``kind``, if it has
        one), a dict with these keys, or a tuple ``(name, output_shape, parameters)``. What
        ``models.summary`` returns will do. A row without parameters whose shape is that of the row before,
        such as a ReLU, is left out.

    Returns
    -------
    list of Block

    Raises
    ------
    ValueError
        If there is no row, a shape has not one or three sizes, or more than 20 blocks remain.
    TypeError
        If a row has none of the three forms.

    Examples
    --------
    >>> blocks_of([("input", (1, 28, 28), 0), ("ReLU", (1, 28, 28), 0), ("dense", (10,), 7850)])[1]
    Block(name='dense', shape=(10,), parameters=7850)
    """
    blocks: list[Block] = []
    for row in rows:
        block = _block_of(row)
        if not blocks or block.parameters or block.shape != blocks[-1].shape:
            blocks.append(block)
    if not blocks:
        raise ValueError("rows: got none, so there is nothing to draw. Pass at least one row.")
    if len(blocks) > MOST_BLOCKS:
        raise ValueError(
            f"rows: got {len(blocks)} that change something, but at most {MOST_BLOCKS} can be read. Put the "
            "layers of a stage into one row: its last shape, the sum of its parameters."
        )
    return blocks


def _block_of(row) -> Block:
    if isinstance(row, dict):
        found = [row.get(key) for key in ("name", "output_shape", "parameters")]
        kind = row.get("kind")
    elif isinstance(row, tuple) and not hasattr(row, "output_shape") and len(row) == 3:
        found, kind = list(row), None
    else:
        found = [getattr(row, key, None) for key in ("name", "output_shape", "parameters")]
        kind = getattr(row, "kind", None)
    name, shape, parameters = found
    if name is None or shape is None or parameters is None:
        raise TypeError(
            f"rows: got {row!r}, but a row has a name, an output shape and a number of parameters. Pass what "
            'models.summary returns, or tuples such as ("conv1", (6, 28, 28), 156).'
        )
    shape = tuple(int(size) for size in shape)
    if len(shape) not in (1, 3):
        raise ValueError(
            f"rows: {name!r} has the shape {shape}, but a block is (channels, height, width) or (units,). "
            "Leave out the batch."
        )
    # The layers of a Sequential have numbers for names; their class says more.
    if kind and (not str(name) or str(name).split(".")[-1].isdigit()):
        name = kind
    return Block(str(name), shape, int(parameters))


def shape_text(shape) -> str:
    """Return a shape as it is written in a drawing: ``"6 × 28 × 28"``."""
    return " × ".join(str(size) for size in shape)


def layout(blocks) -> tuple[list[float], float]:
    """Return the vertical middle of each block in CSS pixels from the top, and the height of all."""
    tallest = max((block.shape[1] for block in blocks if block.is_map), default=1)
    y, middles = 0.0, []
    for block in blocks:
        row = max(_ROW, _height(block, tallest) + 5)
        middles.append(y + row / 2)
        y += row
    return middles, y


def draw_blocks(ax, blocks, *, x, y) -> list[float]:
    """Draw blocks from the top down and return the vertical middle of each.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        In CSS pixels, y pointing down, as of `style.canvas`.
    blocks : list of Block
        From the first layer to the last.
    x, y : float
        Horizontal middle of the blocks, and where they begin.

    Returns
    -------
    list of float
    """
    middles, _ = layout(blocks)
    tallest = max((block.shape[1] for block in blocks if block.is_map), default=1)
    most = max(block.shape[0] for block in blocks)
    for block, middle in zip(blocks, middles):
        height = _height(block, tallest)
        width = max(_LEAST, _WIDEST * (block.shape[0] / most) ** 0.5)
        colour = style.SKY if block.is_map else style.ORANGE
        ax.add_patch(
            Rectangle(
                (x - width / 2, y + middle - height / 2),
                width,
                height,
                facecolor=colour,
                edgecolor=style.INK,
                linewidth=0.7,
            )
        )
    return [y + middle for middle in middles]


def _height(block, tallest):
    return max(_LEAST, _TALLEST * block.shape[1] / tallest) if block.is_map else 8


def plot_architecture(rows, *, ax=None):
    """Draw a network: a block for what each layer gives out, with its shape and its parameters.

    The height of a block stands for the side of the feature maps, to scale. Its width stands for the number
    of channels, by the square root, so that 3 and 4,096 fit one drawing. Dense layers are flat and orange.

    Parameters
    ----------
    rows : iterable
        As in `blocks_of`: for example what ``models.summary(model, size)`` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default. Its limits are set to CSS pixels.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError, TypeError
        As `blocks_of`.

    Examples
    --------
    >>> ax = plot_architecture([("input", (1, 28, 28), 0), ("conv", (6, 28, 28), 156), ("dense", (10,), 850)])
    >>> [text.get_text() for text in ax.texts][-3:]
    ['dense', '10', '850']
    """
    blocks = blocks_of(rows)
    _, height = layout(blocks)
    height += 32
    pixels = style.CSS_PIXELS_PER_INCH
    ax = style.axes_or_new(ax, figsize=(WIDTH / pixels, height / pixels))
    ax.set_axis_off()
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    words = {"fontsize": 10.5, "va": "center"}
    for x, side, text in ((124, "left", "layer"), (248, "left", "shape"), (474, "right", "parameters")):
        ax.text(x, 12, text, ha=side, color=style.MUTED, **words)
    for block, middle in zip(blocks, draw_blocks(ax, blocks, x=58, y=26)):
        ax.text(124, middle, block.name, fontweight="bold", **words)
        ax.text(248, middle, shape_text(block.shape), **words)
        ax.text(474, middle, f"{block.parameters:,}" if block.parameters else "", ha="right", **words)
    return ax


def describe_architecture(rows):
    """Return what `plot_architecture` shows, in words.

    Parameters
    ----------
    rows : iterable
        As in `plot_architecture`.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_architecture([("conv", (6, 28, 28), 156), ("pool", (6, 14, 14), 0)])
    'A network of 2 blocks and 156 parameters. conv: 6 × 28 × 28, 156 parameters; pool: 6 × 14 × 14.'
    """
    blocks = blocks_of(rows)
    total = sum(block.parameters for block in blocks)
    parts = [
        f"{block.name}: {shape_text(block.shape)}"
        + (f", {block.parameters:,} parameters" if block.parameters else "")
        for block in blocks
    ]
    word = "block" if len(blocks) == 1 else "blocks"
    return f"A network of {len(blocks)} {word} and {total:,} parameters. {'; '.join(parts)}."
