"""``cnncourse predict``: what a trained network sees in image files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cnncourse.cli.sources import Source
from cnncourse.errors import printable

_DESCRIPTION = """Print class and probability for image files of any kind and size.

Files are converted as for training: turned upright, made grey or colour, and resized with the longer side
cut, so what is to be recognised should fill the middle of the picture.
"""
_EPILOG = """
examples:
  cnncourse predict runs/a image.png photo.jpg
  cnncourse predict runs/a *.png --top 3
  cnncourse predict runs/a note.jpg --invert      # a digit written with a dark pen on white paper

A network trained on MNIST knows white digits on black. --invert swaps light and dark and stretches the
contrast, so that paper becomes black and ink white.
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "predict", help="classify image files", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "run_folder", type=Path, metavar="RUN", help="folder that `cnncourse train --out` wrote"
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image file")
    parser.add_argument(
        "--top", type=int, default=1, metavar="N", help="print the N likeliest classes; default 1"
    )
    parser.add_argument(
        "--invert", action="store_true", help="for dark on light, where training was light on dark"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps; default auto")


def run(args: argparse.Namespace) -> int:
    """Read all files, classify those that can be read, say which cannot."""
    if args.top < 1:
        raise ValueError(f"--top {args.top} must be at least 1")
    import numpy as np

    from cnncourse import train
    from cnncourse.data import read_image
    from cnncourse.data.pictures import plain_path

    model, config = train.load_run(args.run_folder)
    model.to(train.choose_device(args.device))
    source = Source.load(args.run_folder)
    about = config["data"]
    if len(about["image_shape"] or ()) != 3:
        raise ValueError(f"{args.run_folder} holds a network that was not trained on images")
    channels, *size = about["image_shape"]
    paths, pictures = [], []
    for path in args.images:
        try:
            pictures.append(read_image(path, tuple(size), channels, source.resize if source else "crop"))
        except ValueError as error:
            print(f"cnncourse predict: error: {error}", file=sys.stderr)
        else:
            paths.append(printable(plain_path(path)))
    if pictures:
        images = np.stack(pictures)
        _hint_at_inversion(paths, images, about["mean"], args.invert)
        images = _inverted(images) if args.invert else images
        probabilities = train.predict(model, images)
        classes = about["classes"] or range(probabilities.shape[1])
        _print_table(paths, probabilities, [printable(name) for name in classes], args.top)
    return 0 if len(pictures) == len(args.images) else 2


def _print_table(paths: list[str], probabilities, classes: list[str], top: int) -> None:
    """Print the likeliest classes of each file."""
    width = max(len(path) for path in paths)
    for path, row in zip(paths, probabilities):
        best = row.argsort()[::-1][:top]
        print(f"{path:{width}}  " + "  ".join(f"{classes[index]} {row[index]:.1%}" for index in best))


def _hint_at_inversion(paths: list[str], images, mean: list[float] | None, inverted: bool) -> None:
    """Say so if a picture has light corners and the training images were dark on the whole."""
    import numpy as np

    if inverted or mean is None or np.mean(mean) > 0.35:
        return
    border = np.concatenate([images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]], axis=-1)
    for path, light in zip(paths, border.mean(axis=(1, 2)) > 150):
        if light:
            print(
                f"{path}: light around the edges, the training images were dark there: try --invert",
                file=sys.stderr,
            )


def _inverted(images):
    """Swap light and dark; then make the commonest grey (paper) black and the lightest pixels (ink) white."""
    import numpy as np

    negative = 255.0 - images
    paper = np.median(negative, axis=(1, 2, 3), keepdims=True)
    ink = np.maximum(np.percentile(negative, 99, axis=(1, 2, 3), keepdims=True), paper + 1)
    return np.rint(np.clip((negative - paper) / (ink - paper), 0, 1) * 255).astype(np.uint8)
