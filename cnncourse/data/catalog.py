"""The data sets one can load by name: what is in them, where they come from, and their check sums."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnncourse.data.drawing import SHAPES
from cnncourse.errors import did_you_mean


@dataclass(frozen=True)
class RawFile:
    """One file of a data set."""

    path: str  # below the data root, as torchvision puts it there
    split: str  # the part that needs it: "train", "test" or "both"
    md5: str | None = None  # of the file as it is read; None where that of the archive alone is published
    archive_md5: str | None = None  # of the compressed file, for those that come as path + ".gz"


@dataclass(frozen=True)
class Entry:
    """What the catalogue knows about one data set."""

    name: str  # for `load`
    title: str
    kind: str  # how it is read: "embedded", "idx", "cifar", "svhn" or "pets"
    classes: tuple[str, ...]
    channels: int
    size: int  # side of the images as `load` returns them by default; the pets come in all sizes
    train: int  # number of images of each part
    test: int
    mean: tuple[float, ...]  # of the training part, per channel, in 0–1 units
    std: tuple[float, ...]
    licence: str
    source: str  # the page of its authors
    files: tuple[RawFile, ...] = ()  # what must lie below the data root
    fetcher: str = ""  # the class in torchvision.datasets that fetches it
    megabytes: int = 0  # to download

    def needs(self, split: str) -> tuple[RawFile, ...]:
        """Return the files that the part `split` is read from."""
        return tuple(file for file in self.files if file.split in (split, "both"))

    def missing(self, root: Path, split: str | None = None) -> list[str]:
        """Return the files of `split` (None: of both parts) that are not below `root`."""
        files = self.files if split is None else self.needs(split)
        return [file.path for file in files if present(root, file) is None]


def present(root: Path, file: RawFile) -> Path | None:
    """Return the path of `file` below `root`, plain or with ``.gz``, or None if it is not there."""
    plain = root / file.path
    zipped = plain.with_name(plain.name + ".gz")
    return plain if plain.exists() else zipped if file.archive_md5 and zipped.exists() else None


def entry(name: str) -> Entry:
    """Return the catalogue's entry for a name; refuse an unknown one with the near matches."""
    if not isinstance(name, str):
        raise TypeError(f"name must be text such as 'mnist', got {type(name).__name__}")
    if name not in CATALOG:
        raise ValueError(f"name {name!r} is not a known data set. {did_you_mean(name, CATALOG)}")
    return CATALOG[name]


def _idx_files(
    folder: str, archives: tuple[str, ...], plain: tuple[str | None, ...] = (None,) * 4
) -> tuple[RawFile, ...]:
    parts = ("train", "train", "test", "test")
    stems = (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    )
    return tuple(
        RawFile(f"{folder}/raw/{stem}", split, md5, archive_md5)
        for stem, split, md5, archive_md5 in zip(stems, parts, plain, archives)
    )


_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
_KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_CIFAR100 = (
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl",
    "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair",
    "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin",
    "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp",
    "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
    "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck",
    "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road",
    "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
    "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television",
    "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf",
    "woman", "worm",
)  # fmt: skip

# The MD5 sums are those that torchvision 0.29 checks after a download, and sums of MNIST's four plain files.
_ENTRIES = (
    Entry(
        name="digits", title="handwritten digits, 8×8 resized; they come with scikit-learn", kind="embedded",
        classes=_DIGITS, channels=1, size=28, train=1438, test=359, mean=(0.3091,), std=(0.3501,),
        licence="CC BY 4.0", source="https://archive.ics.uci.edu/dataset/80",
    ),
    Entry(
        name="shapes", title="drawn shapes, any size and number, made from a seed", kind="embedded",
        classes=SHAPES, channels=3, size=32, train=3000, test=600, mean=(0.5,) * 3, std=(0.3,) * 3,
        licence="that of this package", source="cnncourse.data.shapes",
    ),
    Entry(
        name="mnist", title="handwritten digits", kind="idx",
        classes=_DIGITS, channels=1, size=28, train=60_000, test=10_000, mean=(0.1307,), std=(0.3081,),
        licence="CC BY-SA 3.0", source="http://yann.lecun.com/exdb/mnist/", fetcher="MNIST", megabytes=12,
        files=_idx_files(
            "MNIST",
            (
                "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c",
            ),
            (
                "6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
                "2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637",
            ),
        ),
    ),
    Entry(
        name="fashion_mnist", title="photographs of clothes, as small as MNIST", kind="idx",
        classes=_CLOTHES, channels=1, size=28, train=60_000, test=10_000, mean=(0.2860,), std=(0.3530,),
        licence="MIT", source="https://github.com/zalandoresearch/fashion-mnist", fetcher="FashionMNIST",
        megabytes=31,
        files=_idx_files(
            "FashionMNIST",
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
            ),
        ),
    ),
    Entry(
        name="kmnist", title="cursive Japanese characters, as small as MNIST", kind="idx",
        classes=_KANA, channels=1, size=28, train=60_000, test=10_000, mean=(0.1918,), std=(0.3483,),
        licence="CC BY-SA 4.0", source="https://github.com/rois-codh/kmnist", fetcher="KMNIST", megabytes=21,
        files=_idx_files(
            "KMNIST",
            (
                "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344",
                "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134",
            ),
        ),
    ),
    Entry(
        name="cifar10", title="small colour photographs of ten things", kind="cifar",
        classes=_CIFAR10, channels=3, size=32, train=50_000, test=10_000,
        mean=(0.4914, 0.4822, 0.4465), std=(0.2470, 0.2435, 0.2616),
        licence="none stated; cite Krizhevsky 2009", source="https://www.cs.toronto.edu/~kriz/cifar.html",
        fetcher="CIFAR10", megabytes=170,
        files=(
            RawFile("cifar-10-batches-py/data_batch_1", "train", "c99cafc152244af753f735de768cd75f"),
            RawFile("cifar-10-batches-py/data_batch_2", "train", "d4bba439e000b95fd0a9bffe97cbabec"),
            RawFile("cifar-10-batches-py/data_batch_3", "train", "54ebc095f3ab1f0389bbae665268c751"),
            RawFile("cifar-10-batches-py/data_batch_4", "train", "634d18415352ddfa80567beed471001a"),
            RawFile("cifar-10-batches-py/data_batch_5", "train", "482c414d41f54cd18b22e5b47cb7c3cb"),
            RawFile("cifar-10-batches-py/test_batch", "test", "40351d587109b95175f43aff81a1287e"),
        ),
    ),
    Entry(
        name="cifar100", title="small colour photographs of a hundred things", kind="cifar",
        classes=_CIFAR100, channels=3, size=32, train=50_000, test=10_000,
        mean=(0.5071, 0.4865, 0.4409), std=(0.2673, 0.2564, 0.2762),
        licence="none stated; cite Krizhevsky 2009", source="https://www.cs.toronto.edu/~kriz/cifar.html",
        fetcher="CIFAR100", megabytes=169,
        files=(
            RawFile("cifar-100-python/train", "train", "16019d7e3df5f24257cddd939b257f8d"),
            RawFile("cifar-100-python/test", "test", "f0ef6b0ae62326f3e7ffdfab6717acfc"),
        ),
    ),
    Entry(
        name="svhn", title="house numbers, photographed", kind="svhn",
        classes=_DIGITS, channels=3, size=32, train=73_257, test=26_032,
        mean=(0.4377, 0.4438, 0.4728), std=(0.1980, 0.2010, 0.1970),
        licence="non-commercial use", source="http://ufldl.stanford.edu/housenumbers/", fetcher="SVHN",
        megabytes=246,
        files=(
            RawFile("train_32x32.mat", "train", "e26dedcc434d2e4c54c9b2d4a06d8373"),
            RawFile("test_32x32.mat", "test", "eb5a983be6a315427106f1b164d9cef3"),
        ),
    ),
    Entry(
        name="pets", title="photographs of cats and dogs (Oxford-IIIT)", kind="pets",
        classes=("cat", "dog"), channels=3, size=64, train=3680, test=3669,
        mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225),  # ImageNet's, usual for photographs
        licence="CC BY-SA 4.0", source="https://www.robots.ox.ac.uk/~vgg/data/pets/", fetcher="OxfordIIITPet",
        megabytes=811,
        files=(
            RawFile("oxford-iiit-pet/images", "both"),
            RawFile("oxford-iiit-pet/annotations/trainval.txt", "train"),
            RawFile("oxford-iiit-pet/annotations/test.txt", "test"),
        ),
    ),
)  # fmt: skip
CATALOG = {item.name: item for item in _ENTRIES}
