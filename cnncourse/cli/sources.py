"""From ``--data`` to images: a name in the catalogue, a folder, or a folder below the data root."""

from __future__ import annotations

import argparse
import contextlib
import io
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from cnncourse.errors import did_you_mean, printable

if TYPE_CHECKING:
    from cnncourse.data import ImageData
    from cnncourse.data.parts import Parts
    from cnncourse.data.splits import Split

# Beside a run's config.json: where its data came from, and what else the command was told, for --resume.
COMMAND_FILE = "command.json"
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
    _split: ClassVar[Split | None] = None  # how `load_parts` divided a folder

    def save(self, run: Path, training: dict | None = None) -> None:
        """Write it into the folder of a run, with paths that hold in every working directory.

        `training` is what else `cnncourse train` was told.
        """
        from cnncourse.results import to_text
        from cnncourse.train.checkpoint import write_text

        folder = self._folder()
        data = self.data if folder is None else str(folder.absolute())
        root = None if self.root is None else str(Path(self.root).expanduser().absolute())
        content = asdict(replace(self, data=data, root=root))
        if training:
            content["training"] = training
        if folder is not None and self._split is None:
            with contextlib.redirect_stdout(io.StringIO()):  # what there is to say was said at the first time
                self.load_parts()
        if self._split:
            content["split"] = self._split._asdict()
        write_text(run / COMMAND_FILE, to_text("command", content))

    @classmethod
    def load(cls, run: Path) -> Source | None:
        """Read it back; None if the run was not made by the command line."""
        return _read_command(run)[0]

    @classmethod
    def load_all(cls, run: Path) -> tuple[Source | None, dict]:
        """Read back what `save` wrote, with what else the command was told."""
        return _read_command(run)[:2]

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
        self,
        split: str,
        classes: tuple[str, ...] | None = None,
        split_folder: bool = True,
        run: Path | None = None,
    ) -> ImageData:
        """Load ``"train"``, ``"test"`` or, of a folder that has it, ``"valid"``.

        `classes` are those a network knows already, for a folder. A folder without a part for testing is
        split, unless `split_folder` is False: as it is kept in `run`, the folder of a run on it, else anew.
        """
        from cnncourse.data import splits

        folder = self._folder()
        if folder is None:
            return self._load_set(split)
        parts = _parts(folder)
        place = {"train": parts.train, "test": parts.test or parts.train, "valid": parts.valid}[split]
        if place is None:
            raise ValueError(f"--data {self.data} has no part named {split}")
        images, names = self._load_pictures(place, classes)
        kept = _read_command(run)[2] if run else None
        if parts.test is None and split_folder:
            return self._divide(images, names, kept, run)[split == "test"]
        if kept and split != "train":
            self._say_overlap(kept.train, splits.digests(names, images))
        return images

    def load_parts(self, run: Path | None = None) -> tuple[ImageData, ImageData]:
        """Load what is for training and what is for testing, a folder that holds both without a part once.

        `run` is the folder of the run that goes on with its training pictures: others are refused.
        """
        from cnncourse.data import splits

        folder = self._folder()
        if folder is None:
            return self._load_set("train"), self._load_set("test")
        parts = _parts(folder)
        if parts.train is None:
            raise ValueError(f"--data {self.data} has a part for testing, {parts.test}, and none to train on")
        images, names = self._load_pictures(parts.train)
        kept = _read_command(run)[2] if run else None
        if kept:
            self._refuse_other_training(kept, splits.digests(names, images), parts.test is None)
        if parts.test is None:
            return self._divide(images, names, kept, run)
        test, test_names = self._load_pictures(parts.test, images.classes)
        pictures = splits.digests(names, images)
        self._say_overlap(pictures, splits.digests(test_names, test))
        object.__setattr__(self, "_split", splits.Split(pictures, {}))  # a frozen dataclass, for `save`
        return images, test

    def _load_set(self, split: str) -> ImageData:
        from cnncourse import data

        images = data.load(self.data, split, self.root, size=self.size, fallback=self.fallback)
        if self.channels not in (None, images.images.shape[1]):
            raise ValueError(f"--channels {self.channels}: {self.data} has {images.images.shape[1]}")
        return images

    def _load_pictures(
        self, folder: Path, classes: tuple[str, ...] | None = None
    ) -> tuple[ImageData, list[str]]:
        from cnncourse.data.folder import load_named

        return load_named(folder, self.size, self.channels or 3, self.resize, classes)

    def _divide(
        self, images: ImageData, names: list[str], kept: Split | None, run: Path | None
    ) -> tuple[ImageData, ImageData]:
        """Return what trains and what tests of a folder without parts, as a run keeps it or else anew."""
        import numpy as np

        from cnncourse.data import arrays, splits

        if run and not kept:
            print(
                f"{printable(run)} is of an older version and does not say which pictures it was trained on: "
                "if some came or went since, the figures are too good"
            )
            return arrays.split_data(images, _TEST_SHARE, seed=0)
        pictures = splits.digests(names, images)
        split = kept or splits.draw(pictures, images, _TEST_SHARE)
        object.__setattr__(self, "_split", split)
        sides = np.array([side or "" for side in split.sides(pictures)])
        here = {*pictures, *pictures.values()}
        came = int((sides == "").sum())
        gone = sum(name not in here and digest not in here for name, digest in split.test.items())
        if came or gone:
            print(
                f"{printable(self.data)}: {came} pictures came since {printable(run)} was begun and are left "
                f"out; of the {len(split.test)} it keeps for testing {gone} are gone"
            )
        if not (sides == "test").any():
            raise ValueError(f"--data {self.data} has none of the pictures left that {run} keeps for testing")
        return arrays.two_parts(images, sides == "train", sides == "test")

    def _refuse_other_training(self, kept: Split, pictures: dict[str, str], is_whole: bool) -> None:
        """Refuse to go on with other pictures than those a run was begun with."""
        if is_whole:
            pictures = {
                name: d for (name, d), side in zip(pictures.items(), kept.sides(pictures)) if side == "train"
            }
        other = sorted(name for name, digest in kept.train.items() if pictures.get(name) != digest)
        other += sorted(pictures.keys() - kept.train.keys())
        if other:
            raise ValueError(
                f"--data {self.data} is not what the run began with: {len(other)} training pictures came, "
                f"went or changed, the first is {other[0]}. Put them back, or choose another --out"
            )

    def _say_overlap(self, train: dict[str, str], test: dict[str, str]) -> None:
        """Say how many pictures of a part are trained on as well."""
        trained_on = set(train.values())
        twice = [name for name, digest in test.items() if digest in trained_on]
        if twice:
            print(
                f"{printable(self.data)}: {len(twice)} of the {len(test)} pictures to test with are trained "
                f"on as well, the first is {twice[0]}: the figure is too good"
            )


def _parts(folder: Path) -> Parts:
    """Return the parts of a folder, one for validation as that for testing where there is no other."""
    from cnncourse.data.parts import Parts, find_parts

    parts = find_parts(folder) or Parts(train=folder)
    unused = [*parts.beside, *([parts.valid.name] if parts.test and parts.valid else [])]
    if parts.test is None and parts.valid:
        print(f"{printable(folder)} has no part for testing: {printable(parts.valid.name)} is taken")
    if unused:
        print(f"{printable(folder)}: {printable(', '.join(unused))} is not used")
    return parts._replace(test=parts.test or parts.valid)


def _read_command(run: Path) -> tuple[Source | None, dict, Split | None]:
    """Return what `Source.save` wrote into the folder of a run: the source, what else was told, the split."""
    from cnncourse.results import from_text

    path = run / COMMAND_FILE
    if not path.exists():
        return None, {}, None
    content = path.read_bytes()
    try:
        content = from_text(content, "command", COMMAND_FILE)
        training = _read_training(content.pop("training", {}))
        split = _read_split(content.pop("split", None))
        source = Source(**content)
        return replace(source, size=tuple(source.size) if source.size else None), training, split
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path} is damaged, foreign or newer ({error}): give --data") from None


def _read_split(value: object) -> Split | None:
    from cnncourse.data.splits import Split

    return None if value is None else Split.read(value)


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

    return f"no such data set or folder. {did_you_mean(name, CATALOG)} `cnncourse data list` lists the sets"


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
