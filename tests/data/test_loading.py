"""`load` by name: what is embedded, what lies on disk, and what to do when it does not."""

import gzip
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from raw_files import write_idx

from cnncourse.data import CATALOG, DataNotFound, data_root, load
from cnncourse.data.integrity import check


def test_digits_are_scikit_learns(monkeypatch):
    from sklearn.datasets import load_digits

    train, test = load("digits", size=8), load("digits", "test", size=8)
    expected = load_digits()
    mine = np.concatenate([train.images, test.images])[:, 0]
    order = np.lexsort(mine.reshape(len(mine), -1).T)
    theirs = np.rint(expected.images * 255 / 16).astype(np.uint8)
    assert np.array_equal(mine[order], theirs[np.lexsort(theirs.reshape(len(theirs), -1).T)])
    labels = np.concatenate([train.labels, test.labels])
    assert np.array_equal(np.bincount(labels), np.bincount(expected.target))
    assert (len(train), len(test)) == (CATALOG["digits"].train, CATALOG["digits"].test)


def test_digits_stand_for_themselves_at_other_sizes():
    assert load("digits", "test").images.shape == (359, 1, 28, 28)
    assert load("digits", "test", size=(32, 20)).images.shape == (359, 1, 32, 20)


def test_digits_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match="digits come with scikit-learn: pip install scikit-learn"):
        load("digits")


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_embedded_statistics_are_those_of_the_data(name):
    data = load(name)
    pixels = data.images / 255
    # two hundredths: the numbers are printed with four digits, and shapes are drawn anew from a seed
    assert data.mean == pytest.approx(pixels.mean(axis=(0, 2, 3)), abs=0.02)
    assert data.std == pytest.approx(pixels.std(axis=(0, 2, 3)), abs=0.02)
    assert data.mean == load(name, "test").mean == CATALOG[name].mean


def test_shapes_parts_differ():
    train, test = load("shapes"), load("shapes", "test")
    assert (len(train), len(test)) == (CATALOG["shapes"].train, CATALOG["shapes"].test)
    assert not np.array_equal(train.images[: len(test)], test.images)


def test_real_mnist_or_a_small_one_of_the_same_make(idx_root):
    """With the real files in $CNNCOURSE_DATA their known figures, else those of real digits in IDX files."""
    has_real = not CATALOG["mnist"].missing(data_root())
    root = None if has_real else idx_root
    train, test = load("mnist", root=root), load("mnist", "test", root=root)
    numbers = (60_000, 10_000) if has_real else (40, 20)
    assert (len(train), len(test)) == numbers
    if has_real:
        assert list(train.counts().values()) == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
        assert train.mean[0] == pytest.approx(train.images.mean() / 255, abs=1e-4)
        assert train.std[0] == pytest.approx(train.images.std() / 255, abs=1e-4)
        assert all(verdict.good for verdict in check(CATALOG["mnist"], data_root()))
    else:
        assert np.array_equal(train.images, load("digits").images[:40])


def test_mnist_from_idx_files(idx_root):
    train, digits = load("mnist", root=idx_root), load("digits")
    assert np.array_equal(train.images, digits.images[:40])
    assert np.array_equal(train.labels, digits.labels[:40])
    assert load("mnist", "test", root=idx_root, size=32).images.shape == (20, 1, 32, 32)


def test_mnist_from_compressed_files(idx_root):
    expected = load("mnist", root=idx_root).images
    for path in (idx_root / "MNIST" / "raw").iterdir():
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert np.array_equal(load("mnist", root=idx_root).images, expected)


def test_one_part_is_enough_for_that_part(idx_root):
    for path in (idx_root / "MNIST" / "raw").glob("train-*"):
        path.unlink()
    assert len(load("mnist", "test", root=idx_root)) == 20
    with pytest.raises(DataNotFound):
        load("mnist", "train", root=idx_root)


def test_damaged_mnist_names_the_file(idx_root):
    path = idx_root / "MNIST/raw/train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="train-images-idx3-ubyte is truncated"):
        load("mnist", root=idx_root)
    write_idx(idx_root / "MNIST/raw/t10k-labels-idx1-ubyte", np.full(20, 10))
    with pytest.raises(ValueError, match=r"t10k-labels.*holds labels 10 to 10, mnist has classes 0 to 9"):
        load("mnist", "test", root=idx_root)


@pytest.mark.parametrize(
    ("name", "key", "classes"), [("cifar10", "labels", 10), ("cifar100", "fine_labels", 100)]
)
def test_cifar_from_batches(name, key, classes, tmp_path):
    rng = np.random.default_rng(0)
    for file in CATALOG[name].files:
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        batch = {"data": rng.integers(0, 256, (4, 3072), np.uint8), key: [0, 1, 2, classes - 1]}
        (tmp_path / file.path).write_bytes(pickle.dumps(batch))
    train = load(name, root=tmp_path)
    assert train.images.shape == (20 if name == "cifar10" else 4, 3, 32, 32)
    assert len(train.classes) == classes
    assert load(name, "test", root=tmp_path).labels.tolist() == [0, 1, 2, classes - 1]


def test_svhn_from_a_matlab_file(tmp_path):
    savemat = pytest.importorskip("scipy.io", reason="SciPy writes the file").savemat
    savemat(
        tmp_path / "test_32x32.mat", {"X": np.zeros((32, 32, 3, 2), np.uint8), "y": np.array([[10], [3]])}
    )
    assert load("svhn", "test", root=tmp_path).labels.tolist() == [0, 3]


def test_pets_from_photographs(tmp_path, capsys):
    base = tmp_path / "oxford-iiit-pet"
    (base / "images").mkdir(parents=True)
    (base / "annotations").mkdir()
    for number, stem in enumerate(("Bombay_1", "pug_1", "pug_2")):
        Image.new("RGB", (80 + number, 60), "orange").save(base / "images" / f"{stem}.jpg")
    (base / "images" / "pug_2.jpg").write_bytes(b"")
    lines = "Bombay_1 6 1 5\npug_1 26 2 21\npug_2 26 2 21\npug_3 26 2 21\n"
    (base / "annotations" / "trainval.txt").write_text(lines)
    data = load("pets", root=tmp_path, size=32)
    assert data.images.shape == (2, 3, 32, 32)
    assert [data.classes[label] for label in data.labels] == ["cat", "dog"]
    assert sorted(reason for _, reason in data.report) == ["No such file or directory", "empty file"]
    assert "left out 2 of 4" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name, item in CATALOG.items() if item.files])
def test_what_is_not_there_is_said_in_one_line(name, tmp_path):
    with pytest.raises(DataNotFound) as caught:
        load(name, root=tmp_path)
    words = str(caught.value)
    assert "\n" not in words
    for part in (f"{name} is not in {tmp_path}", f"cnncourse data get {name}", "CNNCOURSE_DATA", "fallback="):
        assert part in words
    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize(
    ("name", "fallback", "shape"), [("mnist", "digits", (1, 28, 28)), ("cifar10", "shapes", (3, 32, 32))]
)
def test_fallback_says_so_in_one_line(name, fallback, shape, tmp_path, capsys):
    data = load(name, "test", root=tmp_path, fallback=fallback)
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert f"{name} (test) is not on this machine" in line
    assert f"using {len(data)} {fallback} instead" in line
    assert f"cnncourse data get {name}" in line
    assert data.name == fallback
    assert data.images.shape[1:] == shape


def test_fallback_is_silent_where_it_is_not_used(idx_root, capsys):
    assert load("mnist", root=idx_root, fallback="digits").name == "mnist"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"name": "minst"}, ValueError, "Did you mean 'mnist'"),
        ({"name": "MNIST"}, ValueError, "Did you mean 'mnist'"),
        ({"name": "imagenet"}, ValueError, "There are 'digits', 'shapes', 'mnist'"),
        ({"name": None}, TypeError, "name must be text"),
        ({"name": "mnist", "split": "valid"}, ValueError, "split must be 'train' or 'test'.*split_data"),
        ({"name": "mnist", "fallback": "cifar10"}, ValueError, "fallback must be 'digits' or 'shapes'"),
        ({"name": "mnist", "fallback": "nothing"}, ValueError, "not a known data set"),
        ({"name": "digits", "size": -1}, ValueError, "size must be at least 1"),
    ],
)
def test_wrong_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        load(**arguments)


def test_root_is_argument_then_environment_then_cache(tmp_path, monkeypatch, own_cache):
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path / "env"))
    assert data_root(tmp_path / "arg") == tmp_path / "arg"
    assert data_root() == tmp_path / "env"
    monkeypatch.setenv("CNNCOURSE_DATA", "")
    assert data_root() == own_cache / "cnncourse"
    monkeypatch.delenv("XDG_CACHE_HOME")
    for platform, place in (("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")):
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.delenv("LOCALAPPDATA", raising=False)
        assert data_root() == Path.home() / place / "cnncourse"
    monkeypatch.chdir(tmp_path)
    assert data_root("here") == tmp_path / "here"
    assert data_root("~/data") == Path(os.path.expanduser("~/data"))


def test_catalogue_fits_torchvision():
    """Sums, classes and numbers against the library that fetches the data."""
    datasets = pytest.importorskip("torchvision.datasets")
    for item in CATALOG.values():
        if item.kind == "idx":
            resources = getattr(datasets, item.fetcher).resources
            assert [(Path(file.path).name + ".gz", file.archive_md5) for file in item.files] == resources
            assert all(file.path.startswith(f"{item.fetcher}/raw/") for file in item.files)
        elif item.kind == "cifar":
            source = getattr(datasets, item.fetcher)
            listed = [[Path(file.path).name, file.md5] for file in item.files]
            assert listed == source.train_list + source.test_list
            assert all(file.path.startswith(source.base_folder + "/") for file in item.files)
        elif item.kind == "svhn":
            listed = [(file.path, file.md5) for file in item.files]
            assert listed == [tuple(datasets.SVHN.split_list[split][1:]) for split in ("train", "test")]
    assert len(CATALOG["cifar100"].classes) == 100
    assert list(CATALOG["cifar100"].classes) == sorted(set(CATALOG["cifar100"].classes))
    fashion = [name.lower() for name in datasets.FashionMNIST.classes]
    assert [name.lower() for name in CATALOG["fashion_mnist"].classes] == fashion
    assert list(CATALOG["kmnist"].classes) == datasets.KMNIST.classes


def test_check_tells_whole_from_damaged(idx_root):
    verdicts = check(CATALOG["mnist"], idx_root)
    assert [verdict.good for verdict in verdicts] == [False] * 4  # real IDX files, but not the published ones
    assert "damaged or another file" in verdicts[0].words
    for file in CATALOG["mnist"].files:
        (idx_root / file.path).unlink()
    assert [verdict.words for verdict in check(CATALOG["mnist"], idx_root)] == ["missing"] * 4
