"""``cnncourse train``: data and a network's name in, a trained network in a folder out."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import fields, replace
from pathlib import Path

from cnncourse.cli.sources import COMMAND_FILE, Source, add_data_options, add_image_options, some_text

_EPILOG = """
examples:
  cnncourse train --data digits --epochs 3                     # nothing to download, half a minute
  cnncourse train --model lenet5 --data mnist --epochs 3 --seed 0 --out runs/a
  cnncourse train --out runs/a --resume                        # go on with it, as it was begun
  cnncourse train --model resnet20 --data photos/ --epochs 20 --augment flip=0.5,shift=0.1 --out runs/b
  cnncourse train --data photos/ --model resnet20 --weights cifar10 --epochs 5 --out runs/d
  torchrun --nproc-per-node 2 -m cnncourse train --data cifar10 --model resnet20 --out runs/c

Ctrl-C ends training after saving what there is; --resume goes on from there. What is not said then is taken
from the run; what is said must not contradict it. Where there is no run yet, --resume starts one.
"""

CHECKPOINT = "checkpoint.pt"  # as in train.checkpoint, which would import torch
# Few images make few steps: with smaller batches they are enough to learn something in as many epochs.
_MANY_IMAGES, _SMALL_BATCH = 10_000, 32
_DATA, _DEFAULTS = "digits", {"model": "lenet5", "weights": None, "valid": 0.1}
_RUN_FILES = ("model.safetensors", "history.json", "config.json", "evaluation.json")

# option -> (type, field of TrainConfig, help). The defaults are TrainConfig's.
_SETTINGS = {
    "--epochs": (int, "epochs", "passes over the training images; default 5"),
    "--batch-size": (int, "batch_size", "images per step; default 128, below 10,000 images 32"),
    "--lr": (
        float,
        "lr",
        "largest step length; default 0.003 for adam and adamw, 0.05 for sgd and nesterov, 1.0 for adadelta",
    ),
    "--optimizer": (str, "optimizer", "sgd, nesterov, adam, adamw or adadelta; default adamw"),
    "--momentum": (float, "momentum", "share of the last step kept, for sgd and nesterov; default 0.9"),
    "--weight-decay": (float, "weight_decay", "pull of the weights towards zero; default 0.0005"),
    "--schedule": (str, "schedule", "constant, step, cosine or one-cycle; default one-cycle"),
    "--clip-norm": (float, "clip_norm", "longest gradient; default: no limit"),
    "--label-smoothing": (float, "label_smoothing", "share of the target spread over all classes; default 0"),
    "--ema": (float, "ema", "decay of an average of the weights, used in the end; default 0: none"),
    "--early-stopping": (
        int,
        "early_stopping",
        "epochs without progress on the validation part; default 0: never",
    ),
    "--device": (str, "device", "auto, cpu, cuda, cuda:1, mps; default auto"),
    "--precision": (str, "precision", "auto, float32 or bfloat16; default auto"),
    "--seed": (int, "seed", "of weights, order, augmentation and dropout; default 0"),
}


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "train",
        help="train a network",
        description="Train a network and measure it on the test part.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=run)
    parser.add_argument("--model", metavar="NAME", help=f"network; default {_DEFAULTS['model']}")
    parser.add_argument(
        "--out", type=some_text, metavar="DIR", help="folder for weights, history and settings"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, if there is one")
    parser.add_argument(
        "--weights",
        metavar="SOURCE",
        help="start from trained weights: cifar10 (resnet20; comes with the package) or imagenet "
        "(torchvision's networks); default random",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")
    add_data_options(parser, default=_DATA)
    held_out = f"share of the training part held out to validate; default {_DEFAULTS['valid']}, 0 for none"
    parser.add_argument("--valid", type=float, metavar="SHARE", help=held_out)
    add_image_options(parser)
    group = parser.add_argument_group("training")
    for option, (kind, _, text) in _SETTINGS.items():
        group.add_argument(option, type=kind, metavar=kind.__name__.upper(), help=text)
    changes = "random changes of the images, for example flip=0.5,rotate=10,shift=0.1,scale=0.9:1.1"
    group.add_argument("--augment", default="", metavar="NAME=VALUE,…", help=changes)
    group.add_argument("--compile", action="store_true", help="torch.compile the network")
    group.add_argument("--deterministic", action="store_true", help="the same bits each time on a GPU")


def run(args: argparse.Namespace) -> int:
    """Train, evaluate on the test part, and report."""
    out = None if args.out is None else Path(args.out)
    check_out(out, args.resume)
    asked, training = _told(args, out)
    settings, share = training["settings"], training["valid"]
    if not 0 <= share < 1:
        raise ValueError(f"--valid {share} must be at least 0 and below 1: 0.1 holds out a tenth")
    import torch

    from cnncourse import data, models, train
    from cnncourse.train.folder import only_writer

    # What is wrong is refused before any data are read.
    config = train.TrainConfig.from_dict(settings | {"progress": not args.quiet})
    if config.early_stopping and not share:
        raise ValueError("--early-stopping watches the loss on held-out images: give --valid above 0")
    source = _fitted(asked, training["model"])
    images, test = source.load_parts(out if out and (out / CHECKPOINT).exists() else None)
    _check_classes(source, images)
    torch.manual_seed(config.seed)
    model = models.create(training["model"], len(images.classes), images.images.shape[1], training["weights"])
    fitting, valid = data.split_data(images, share, config.seed) if share else (images, None)
    if "batch_size" not in settings and len(fitting) < _MANY_IMAGES:
        config = replace(config, batch_size=_SMALL_BATCH)
    with only_writer(out if is_first() else None):
        if out and is_first() and not (out / CHECKPOINT).exists():
            source.save(out, training)
        history = train.fit(model, fitting, valid, config, out=out, resume=args.resume)
        if not is_first():
            return 0
        if history.stopped and history.stopped.startswith("interrupted"):
            done = f"{len(history.records)} of {config.epochs} epochs are done"
            where = f"; go on with --resume --out {out}" if out else ""
            print(f"cnncourse: interrupted, {done}{where}", file=sys.stderr)
            return 130
        return _report(model, test, history, out)


def _report(model, test, history, out: Path | None) -> int:
    """Measure the network on the test part, print and keep the figures; return the exit code."""
    from cnncourse import train
    from cnncourse.train.checkpoint import EVALUATION, write_text

    if not history.records:
        print(f"cnncourse: error: no epoch was finished: {history.stopped}", file=sys.stderr)
        return 1
    result = train.evaluate(model, test)
    seconds = sum(record.seconds for record in history.records)
    print(
        f"test accuracy {result.accuracy:.2%}, loss {result.loss:.4f} on {len(test):,} images of {test.name} "
        f"after {len(history.records)} epochs in {seconds:.1f} s on {history.device}"
    )
    if out:
        if math.isfinite(result.loss):  # JSON has no word for what is not
            write_text(out / EVALUATION, result.to_json())
        written = [name for name in _RUN_FILES if (out / name).exists()]
        print(f"written to {out}: {', '.join(written)}")
    if history.stopped and "not finite" in history.stopped:
        print(f"cnncourse: error: {history.stopped}", file=sys.stderr)
        return 1
    return 0


def _check_classes(source: Source, images) -> None:
    """Refuse images among which there is nothing to tell apart."""
    filled = [name for name, number in images.counts().items() if number]
    if len(filled) < 2:
        raise ValueError(
            f"--data {source.data} has images of one class only, {filled[0]}: training needs two or more, "
            "each in a sub-folder of its own"
        )


def is_first() -> bool:
    """Whether this process is the one that reports; under torchrun each one runs the command."""
    from cnncourse.train.distributed import place

    return place()[0] == 0


def check_out(out: Path | None, resume: bool) -> None:
    """Refuse a folder that a new run, or the one to go on with, cannot use."""
    if out is None:
        if resume:
            raise ValueError("--resume needs --out, the folder of the run to go on with")
        return
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out {out} is a file: give a folder")
    if not out.is_dir() or not is_first():  # the first process may have begun to write
        return
    # A process that was killed leaves a lock and half-written files, whose names begin with a dot.
    present = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    if resume and present and not present & {CHECKPOINT, "config.json", COMMAND_FILE}:
        raise ValueError(f"--out {out} holds files but no run to go on with: choose another folder")
    if not resume and present - {COMMAND_FILE}:
        raise ValueError(
            f"--out {out} is not empty: --resume goes on with the run in it, or choose another folder"
        )


def _told(args: argparse.Namespace, out: Path | None) -> tuple[Source, dict]:
    """Return data, and network, weights, share and settings: as said now, else as the run was begun."""
    said = {name: getattr(args, name) for name in ("model", "weights", "valid")}
    begun, training = _begun(args, out) if out and args.resume else (None, {})
    other_data = begun and args.data and not Source(args.data, args.root).same_data(begun)
    if training and (out / CHECKPOINT).exists():
        _refuse_other(said, training, out)
    elif other_data or said["model"] not in (None, training.get("model")):
        begun, training = None, {}  # nothing was trained yet, and this is something else
    given = _given({field.name: getattr(args, field.name) for field in fields(Source)})
    settings = training.get("settings", {}) | _settings(args)
    source = replace(begun or Source(_DATA), **given)
    return source, _DEFAULTS | training | _given(said) | {"settings": settings}


def _begun(args: argparse.Namespace, out: Path) -> tuple[Source | None, dict]:
    """Return what the run in a folder was told when it began."""
    try:
        begun, training = Source.load_all(out)
    except ValueError:
        if not args.data:
            raise
        return None, {}  # its own memory is damaged, and all is said again
    if (out / CHECKPOINT).exists() and not training and (begun or not args.data):
        raise ValueError(
            f"{out} holds a run that `cnncourse train` did not begin: go on with what began it, `cnncourse "
            f"recipe NAME --out {out} --resume` or fit(..., out, resume=True)"
        )
    return begun, training


def _refuse_other(said: dict, training: dict, out: Path) -> None:
    """Refuse what contradicts the run that is to go on."""
    for name, value in said.items():
        if value not in (None, training[name]):
            raise ValueError(
                f"--{name} {value}: {out} holds a run with {training[name] or 'none'}; leave the option out, "
                "or choose another folder"
            )


def _given(options: dict) -> dict:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _settings(args: argparse.Namespace) -> dict:
    """Return what was said on the command line, as settings of TrainConfig."""
    settings = {name: True for name in ("compile", "deterministic") if getattr(args, name)}
    for option, (_, field, _) in _SETTINGS.items():
        value = getattr(args, option[2:].replace("-", "_"))
        if value is not None:
            settings[field] = value
    if args.augment:
        settings["augment"] = _augmentation(args.augment)
    return settings


def _augmentation(text: str) -> dict[str, float | int | tuple[float, float]]:
    """Read ``flip=0.5,scale=0.9:1.1`` into what Augment takes."""
    chosen = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        if name in chosen:
            raise ValueError(f"--augment {part.strip()!r}: {name} is given twice")
        try:
            numbers = [float(word) for word in value.split(":")]
        except ValueError:
            raise ValueError(
                f"--augment {part.strip()!r}: {value!r} is not a number; give flip=0.5 or scale=0.9:1.1"
            ) from None
        whole = [int(number) if number.is_integer() else number for number in numbers]
        chosen[name] = whole[0] if len(whole) == 1 else tuple(numbers)
    return chosen


def _fitted(source: Source, model: str) -> Source:
    """Return the source with the size of the images settled: as asked, else what the network takes."""
    from cnncourse import models
    from cnncourse.data import CATALOG

    if source.size is not None:
        return source
    _, height, width = models.image_shape(model)
    item = CATALOG.get(source.data)
    if source.is_folder or item.kind in ("embedded", "pets"):  # these have no size of their own
        return replace(source, size=(height, width))
    network = models.create(model, len(item.classes), item.channels)
    try:
        models.summary(network, (item.channels, item.size, item.size))
    except (ValueError, RuntimeError):
        note = (
            f"{item.name} is resized from {item.size} to {height}×{width} pixels, which {model} is made for"
        )
        print(note, file=sys.stderr)
        return replace(source, size=(height, width))
    return source
