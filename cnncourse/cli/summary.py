"""``cnncourse summary``: what each layer of a network gives out, costs and sees."""

from __future__ import annotations

import argparse

from cnncourse.cli.sources import image_side

_EPILOG = """
examples:
  cnncourse summary lenet5
  cnncourse summary resnet20 --classes 100
  cnncourse summary vgg16 --size 64
  cnncourse summary --list

The column "sees" is the receptive field: how many pixels of the image reach one output of the layer.
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "summary",
        help="show the layers of a network",
        description="Print output shape, parameters, multiplications and receptive field of each layer.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=run)
    parser.add_argument("model", nargs="?", metavar="NAME", help="network")
    parser.add_argument("--list", action="store_true", help="list the names of all networks")
    parser.add_argument(
        "--size", type=image_side, metavar="N|HxW", help="of the image; default: what it is made for"
    )
    parser.add_argument("--channels", type=int, help="of the image; default: what it is made for")
    parser.add_argument(
        "--classes", type=int, help="number of outputs; default 10 for small images, 1000 for large"
    )


def run(args: argparse.Namespace) -> int:
    """Print the table, or the names."""
    if args.model is None and not args.list:
        raise ValueError("which network? `cnncourse summary --list` lists them")
    from cnncourse import models

    if args.list:
        for name in models.names():
            channels, height, width = models.image_shape(name)
            print(f"{name:20} {channels}×{height}×{width}")
        return 0
    channels, height, width = models.image_shape(args.model)
    channels = channels if args.channels is None else args.channels
    height, width = args.size or (height, width)
    classes = (
        args.classes if args.classes is not None else 1000 if models.image_shape(args.model)[1] > 200 else 10
    )
    model = models.create(args.model, classes, channels)
    table = models.summary(model, (channels, height, width))
    print(f"{args.model}, {channels}×{height}×{width} in, {classes} classes out")
    print(table)
    return 0
