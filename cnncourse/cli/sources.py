"""From ``--data`` to images: a name in the catalogue, a folder, or a folder below the data root."""

from __future__ import annotations

import argparse
import difflib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncourse.data import ImageData

# Beside a run's config.json: where its data came from, and what else the command was told, for --resume.
COMMAND_FILE = "command.json"
_TEST_FOLDERS = ("test", "valid", "validation", "val")
_TEST_SHARE = 0.2  # of a folder that does not say what is for testing


@dataclass(frozen=True)
class Source:
    """What ``--data`` and the options about images said."""

    data: str
    root: str | None = None
    size: tuple[int, int] | None = None
    channels: int | None = None
    resize: str = "crop"
    fallback: str | None = None

    def save(self, run: Path, training: dict | None = None) -> None:
        """Write it into the folder of a run, with paths that hold in every working directory.

        `training` is what else `cnncourse train` was told.
        """
        from cnncourse.train.checkpoint import write_text

        folder = self._folder()
        data = self.data if folder is None else str(folder.absolute())
        root = None if self.root is None else str(Path(self.root).expanduser().absolute())
        content = asdict(replace(self, data=data, root=root)) | ({"training": training} if training else {})
        write_text(run / COMMAND_FILE, json.dumps(content, indent=1))

    @classmethod
    def load(cls, run: Path) -> Source | None:
        """Read it back; None if the run was not made by the command line."""
        return cls.load_all(run)[0]

    @classmethod
    def load_all(cls, run: Path) -> tuple[Source | None, dict]:
        """Read back what `save` wrote, with what else the command was told."""
        path = run / COMMAND_FILE
        if not path.exists():
            return None, {}
        try:
            content = dict(json.loads(path.read_text(encoding="utf-8")))
            training = _read_training(content.pop("training", {}))
            source = cls(**content)
            return replace(source, size=tuple(source.size) if source.size else None), training
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path} is damaged ({error}): give --data") from None

    @property
    def is_folder(self) -> bool:
        """Whether the data are a folder of image files."""
        return self._folder() is not None

    def _folder(self) -> Path | None:
        from cnncourse.data import CATALOG, data_root

        if self.data in CATALOG:
            return None
        places = (Path(self.data).expanduser(), data_root(self.root) / self.data)
        for path in places:
            if path.is_dir():
                return path
        if any(path.exists() for path in places):
            raise ValueError(
                f"--data {self.data} is a file: give a data set's name, or a folder of images with one "
                "sub-folder per class"
            )
        raise ValueError(f"--data {self.data}: {no_such_data(self.data)}")

    def same_data(self, other: Source) -> bool:
        """Whether both name the same data set or folder."""
        mine, theirs = self._folder(), other._folder()
        if mine is None or theirs is None:
            return self.data == other.data
        return mine.resolve() == theirs.resolve()

    def load_part(
        self, split: str, classes: tuple[str, ...] | None = None, split_folder: bool = True
    ) -> ImageData:
        """Load ``"train"`` or ``"test"``.

        `classes` are those a network knows already, for a folder. A folder without a part for testing is
        split, unless `split_folder` is False.
        """
        from cnncourse import data

        folder = self._folder()
        if folder is None:
            images = data.load(self.data, split, self.root, size=self.size, fallback=self.fallback)
            if self.channels not in (None, images.images.shape[1]):
                raise ValueError(f"--channels {self.channels}: {self.data} has {images.images.shape[1]}")
            return images
        train_folder = folder / "train" if (folder / "train").is_dir() else folder
        test_folder = _test_folder(folder)
        if split == "test" and test_folder:
            return self._load_folder(test_folder, classes)
        everything = self._load_folder(train_folder, classes)
        if test_folder or not split_folder:
            return everything
        return _split(everything)[split == "test"]

    def load_parts(self) -> tuple[ImageData, ImageData]:
        """Load what is for training and what is for testing, a folder that holds both without a part once."""
        folder = self._folder()
        if folder is not None and _test_folder(folder) is None:
            return _split(self.load_part("train", split_folder=False))
        train = self.load_part("train")
        return train, self.load_part("test", train.classes)

    def _load_folder(self, folder: Path, classes: tuple[str, ...] | None) -> ImageData:
        from cnncourse.data import load_folder

        return load_folder(
            folder, self.size, channels=self.channels or 3, resize=self.resize, classes=classes
        )


def _test_folder(folder: Path) -> Path | None:
    """Return the part of a folder that is for testing, if it has one."""
    return next((folder / name for name in _TEST_FOLDERS if (folder / name).is_dir()), None)


def _split(everything: ImageData) -> tuple[ImageData, ImageData]:
    """Split images into those for training and those for testing, the same each time."""
    from cnncourse.data import split_data

    return split_data(everything, _TEST_SHARE, seed=0)


def _read_training(told: dict) -> dict:
    """Return what `cnncourse train` was told, each entry of its kind; nothing if another command wrote it."""
    if not told:
        return {}
    weights = told["weights"]
    return {
        "model": str(told["model"]),
        "weights": None if weights is None else str(weights),
        "valid": float(told["valid"]),
        "settings": dict(told["settings"]),
    }


def add_data_options(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Declare the options about data that training and evaluation share.

    What is not given is None; `default` is what the help says of it.
    """
    group = parser.add_argument_group("data")
    group.add_argument(
        "--data",
        type=some_text,
        metavar="NAME|FOLDER",
        help="a data set (see `cnncourse data list`) or a folder of images, one sub-folder per class, "
        "with train/ and test/ above them or without" + (f"; default {default}" if default else ""),
    )
    group.add_argument(
        "--root",
        type=some_text,
        metavar="DIR",
        help="where data sets lie; default $CNNCOURSE_DATA, else the cache",
    )
    group.add_argument(
        "--fallback", choices=("digits", "shapes"), help="what to use when the data cannot be fetched"
    )


def add_image_options(parser: argparse.ArgumentParser) -> None:
    """Declare how images are made to fit the network."""
    group = parser.add_argument_group("images")
    group.add_argument(
        "--size", type=image_side, metavar="N|HxW", help="resize; default: what the network is made for"
    )
    group.add_argument("--channels", type=int, choices=(1, 3), help="grey or colour, for folders; default 3")
    group.add_argument(
        "--resize",
        choices=("crop", "stretch"),
        help="how another aspect ratio is met; default crop",
    )


def no_such_data(name: str) -> str:
    """Return what to say of a name that is neither a data set nor a folder."""
    from cnncourse.data import CATALOG

    near = difflib.get_close_matches(name.lower(), CATALOG, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return f"no such data set or folder; {hint}`cnncourse data list` lists the sets"


def some_text(text: str) -> str:
    """Refuse an empty name, which would mean the working directory: an unset shell variable gives one."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty: give a name")
    return text


def image_side(text: str) -> tuple[int, int]:
    """Read ``64`` or ``48x64`` (height × width)."""
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) not in (1, 2) or not all(side.isdigit() and int(side) > 0 for side in sides):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of pixels nor HEIGHTxWIDTH")
    return int(sides[0]), int(sides[-1])
