"""``cnncourse recipe``: the systems of the five introductory articles, their figures beside the article's."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnncourse.cli.sources import Source, some_text
from cnncourse.cli.train import CHECKPOINT, check_out, is_first

if TYPE_CHECKING:
    from cnncourse.data import ImageData
    from cnncourse.recipes import Recipe

_NAMES = tuple(f"article{number}" for number in range(1, 6))
_EPILOG = """
recipes:
  article1   cats and dogs at 64×64, 25 epochs,     a folder of photographs, some minutes
             and the same with transfer
  article2   one dense layer, 5 epochs              mnist, half a minute
  article3   one convolution, 10 epochs             mnist, some minutes
  article4   Keras' mnist_cnn, 12 epochs,           mnist, half an hour
             and the same with this course's settings
  article5   two convolutions in PyTorch, 5 epochs  mnist, a minute

examples:
  cnncourse recipe article2
  cnncourse recipe article4 --epochs 3 --seed 1 --out runs/article4
  cnncourse recipe article4 --epochs 3 --seed 1 --out runs/article4 --resume   # after Ctrl-C or a kill
  cnncourse eval runs/article4                  # class by class
  cnncourse recipe article1 --data photos/      # photos/train/cat, photos/train/dog, photos/test/cat, …
  cnncourse recipe article1 --data pets         # Oxford's cats and dogs, after `cnncourse data get pets`
  cnncourse recipe article5 --fallback          # nothing to download: embedded data stand in
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "recipe",
        help="train one of the five articles' networks and compare",
        description="Train the network of one of the five articles this course grew from, with the article's "
        "settings,\nand print its figures beside the article's.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=run)
    parser.add_argument("name", choices=_NAMES, metavar="RECIPE", help="article1 to article5")
    parser.add_argument("--seed", type=int, default=0, help="of weights, order, augmentation; default 0")
    parser.add_argument("--epochs", type=int, help="fewer or more passes than the article's")
    parser.add_argument(
        "--out", type=some_text, metavar="DIR", help="folder for weights, history and settings"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, if there is one")
    parser.add_argument(
        "--data",
        type=some_text,
        metavar="NAME|FOLDER",
        help="other data; default mnist, for article1 the folder cats_dogs below the data root",
    )
    parser.add_argument(
        "--root",
        type=some_text,
        metavar="DIR",
        help="where data sets lie; default $CNNCOURSE_DATA, else the cache",
    )
    parser.add_argument(
        "--fallback", action="store_true", help="use the embedded stand-in where the data are missing"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps; default auto")
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16; default auto")
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")


def run(args: argparse.Namespace) -> int:
    """Follow the recipe and print the table."""
    out = None if args.out is None else Path(args.out)
    check_out(out, args.resume)
    from cnncourse import recipes
    from cnncourse.train.folder import only_writer

    recipe = recipes.RECIPES[args.name]
    chosen = {
        "seed": args.seed,
        "device": args.device,
        "precision": args.precision,
        "progress": not args.quiet,
    }
    if args.epochs is not None:
        chosen["epochs"] = args.epochs
    config = replace(recipe.config, **chosen)  # what is wrong is refused before any data are read
    images, test = load_data(recipe, args.data, args.root, args.fallback)
    with only_writer(out if is_first() else None):
        if out and images.name != "shapes" and not (out / CHECKPOINT).exists():
            _source(recipe, args.data, args.root, args.fallback).save(out)  # for `cnncourse eval`
        outcome = recipes.run(recipe, images, test, config, out=out, resume=args.resume)
        if not outcome.history.records:
            print(f"cnncourse: error: no epoch was finished: {outcome.stopped}", file=sys.stderr)
            return 1
        if recipe.alternative and not outcome.stopped:
            second, settings = out and out / "alternative", replace(recipe.alternative, **chosen)
            again = recipes.run(recipe, images, test, settings, out=second, resume=args.resume)
            outcome = replace(outcome, alternative=again.history)
    if recipe.data == "cats_dogs" and not outcome.stopped:
        outcome = replace(outcome, transfer=recipes.transferred(images, test, args.seed))
    _print(recipe, outcome, images, test)
    if outcome.stopped:
        interrupted = outcome.stopped.startswith("interrupted")
        hint = "; the same command with --resume goes on" if interrupted and out else ""
        print(f"cnncourse: {outcome.stopped}{hint}", file=sys.stderr)
        return 130 if interrupted else 1
    return 0


def _print(recipe: Recipe, outcome, images: ImageData, test: ImageData) -> None:
    """Print the figures, and what to know about them."""
    from cnncourse.recipes import table

    print(f"{recipe.name}: {recipe.title}")
    print(f"{len(images):,} training and {len(test):,} test images of {images.name}")
    rows = [("", "article", "here"), *table(recipe, outcome)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for what, article, here in rows:
        print(f"  {what:{widths[0]}}  {article:>{widths[1]}}  {here:>{widths[2]}}")
    print(f"Not the article's: {recipe.choices}")
    print(f"Why figures differ: {_why(recipe, outcome, images)}")


def _why(recipe: Recipe, outcome, images: ImageData) -> str:
    """Return the recipe's reason, after those that lie in this run."""
    reasons = []
    if images.name in ("digits", "shapes"):
        reasons.append(f"These are the embedded {images.name}, not the article's data: nothing compares.")
    ran, asked = len(outcome.history.records), recipe.config.epochs
    if ran != asked:
        reasons.append(f"The article trains for {asked} epochs, this run for {ran}.")
    return " ".join([*reasons, recipe.why])


def load_data(
    recipe: Recipe, data: str | None = None, root: str | None = None, fallback: bool = False
) -> tuple[ImageData, ImageData]:
    """Return a recipe's training and test part; with `fallback` embedded data where its own are missing."""
    from cnncourse.data import DataNotFound, data_root

    photographs, here = recipe.data == "cats_dogs", data_root(root)
    if not photographs or data is not None or (here / recipe.data).is_dir():
        source = _source(recipe, data, root, fallback)
        try:
            images = source.load_part("train")
            return images, source.load_part("test", images.classes)
        except DataNotFound:
            pass  # what follows knows the way out of it better
    if photographs and fallback:
        return _drawn(recipe, f"{data or recipe.data} is not in {here}")
    if photographs:
        raise DataNotFound(
            f"{recipe.name} needs photographs of cats and dogs, and {data or recipe.data} is not in {here}: "
            "give a folder with --data FOLDER (FOLDER/train/cat, FOLDER/train/dog, FOLDER/test/cat, …), or "
            "take Oxford's with `cnncourse data get pets` and --data pets; --fallback trains on drawn shapes"
        )
    name = data or recipe.data
    raise DataNotFound(
        f"{name} is not in {here} and cannot be fetched: run `cnncourse data get {name}` where there is a "
        "network; --fallback trains on the embedded digits"
    )


def _source(recipe: Recipe, data: str | None, root: str | None, fallback: bool) -> Source:
    """Return where a recipe's images come from, and how they are made to fit."""
    name = data or recipe.data
    if recipe.stretch:
        return Source(name, root, size=recipe.stretch, resize="stretch")
    return Source(name, root, size=(28, 28), channels=1, fallback="digits" if fallback else None)


def _drawn(recipe: Recipe, reason: str) -> tuple[ImageData, ImageData]:
    """Return two classes of drawn shapes, and say so."""
    from cnncourse.data import shapes

    print(f"{reason}; drawn circles and squares stand in for it")
    kinds = ("circle", "square")
    return shapes(600, recipe.stretch, 0, classes=kinds), shapes(200, recipe.stretch, 1, classes=kinds)
