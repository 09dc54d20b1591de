"""``cnncourse eval``: how good a trained network is, class by class."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from cnncourse.cli.sources import Source, add_data_options
from cnncourse.errors import printable

_EPILOG = """
examples:
  cnncourse eval runs/a                      # the test part of the data it was trained on
  cnncourse eval runs/a --data photos/       # other images of the same classes
  cnncourse eval runs/a --split train
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "eval", help="measure a trained network", description="Measure a trained network.", epilog=_EPILOG
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "run_folder", type=Path, metavar="RUN", help="folder that `cnncourse train --out` wrote"
    )
    add_data_options(parser)
    parser.add_argument("--split", choices=("train", "test"), default="test", help="which part; default test")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps; default auto")


def run(args: argparse.Namespace) -> int:
    """Load network and data, measure, print a table."""
    from cnncourse import train

    model, config = train.load_run(args.run_folder)
    model.to(train.choose_device(args.device))
    images = _images(args, config["data"])
    result = train.evaluate(model, images)
    measured = f"accuracy {result.accuracy:.2%}, loss {result.loss:.4f}"
    print(f"{args.split} {measured} on {len(images):,} images of {printable(images.name)}")
    table = result.per_class()
    names = [printable(name) for name in result.classes]
    width = max(len("class"), *map(len, names))
    print(f"{'class':{width}}  images  recall  precision  F1")
    for row, name in enumerate(names):
        recall, precision, f1 = (table[key][row] for key in ("recall", "precision", "f1"))
        print(f"{name:{width}}  {int(table['support'][row]):6}  {recall:6.1%}  {precision:9.1%}  {f1:.3f}")
    return 0


def _images(args: argparse.Namespace, trained_on: dict):
    """Return the images to measure on, of the size and with the classes the network knows."""
    try:
        trained_with = Source.load(args.run_folder)
    except ValueError:
        if args.data is None:
            raise
        trained_with = None  # its own memory is damaged, and all is said again
    if args.data is None and trained_with is None:
        raise ValueError(f"{args.run_folder} does not say what data it was trained on: give --data")
    if len(trained_on["image_shape"] or ()) != 3:
        raise ValueError(f"{args.run_folder} holds a network that was not trained on images")
    channels, height, width = trained_on["image_shape"]
    classes = trained_on["classes"] and tuple(trained_on["classes"])
    source = trained_with or Source(args.data)
    if args.data:
        source = replace(source, data=args.data, root=args.root, fallback=None)
    source = replace(
        source,
        size=(height, width),
        channels=channels if source.is_folder else None,
        root=args.root or source.root,
        fallback=args.fallback or source.fallback,
    )
    # The network has not seen other images than its own: all of them can be used to measure.
    is_own = trained_with is not None and source.same_data(trained_with)
    images = source.load_part(args.split, classes, is_own, args.run_folder if is_own else None)
    if images.images.shape[1] != channels:
        raise ValueError(
            f"--data {source.data} has {images.images.shape[1]} channels, the network in {args.run_folder} "
            f"takes {channels}"
        )
    return images
