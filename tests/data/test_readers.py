"""Readers of raw files: right values from files written by hand, clear words for damaged ones."""

import gzip
import pickle
import struct

import numpy as np
import pytest
from raw_files import write_idx

from cnncourse.data import readers


def test_idx_plain_and_compressed(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
    plain = write_idx(tmp_path / "x-idx3-ubyte", array)
    zipped = tmp_path / "x-idx3-ubyte.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, zipped):
        read = readers.read_idx(path)
        assert np.array_equal(read, array)
        assert read.flags.writeable


def damaged(content: bytes) -> dict[str, tuple[bytes, str]]:
    return {
        "empty": (b"", "not an IDX file: it begins with nothing"),
        "html": (b"<html>not found</html>", "not an IDX file: it begins with 3c 68 74 6d"),
        "no dimensions": (b"\0\0\x08\0", "not an IDX file"),
        "floats": (b"\0\0\x0d\x01" + struct.pack(">I", 1) + b"\0\0\0\0", "type code 0x0d"),
        "header cut": (content[:10], "truncated inside its header: 10 of 16 bytes"),
        "pixels cut": (content[:-1], "is truncated: its header promises 121 bytes, it has 120"),
        "pixels added": (content + b"\0\0", "is too long: its header promises 121 bytes, it has 123"),
        "absurd header": (content[:4] + b"\xff" * 12, "is truncated"),
    }


@pytest.mark.parametrize("case", list(damaged(b"")))
def test_idx_damaged(case, tmp_path):
    whole = write_idx(tmp_path / "whole", np.zeros((7, 5, 3), np.uint8)).read_bytes()
    content, words = damaged(whole)[case]
    path = tmp_path / "bad-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as caught:
        readers.read_idx(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("cut", [0, 5, 40])
def test_idx_gzip_truncated(cut, tmp_path):
    whole = gzip.compress(write_idx(tmp_path / "whole", np.arange(99, dtype=np.uint8)).read_bytes())
    path = tmp_path / "bad.gz"
    path.write_bytes(whole[:cut])
    with pytest.raises(ValueError, match=r"bad\.gz is (truncated|not an IDX)"):
        readers.read_idx(path)


def test_idx_pair_of_different_lengths(tmp_path):
    images = write_idx(tmp_path / "images", np.zeros((5, 2, 2)))
    labels = write_idx(tmp_path / "labels", np.zeros(4))
    with pytest.raises(ValueError, match="images holds 5 images, but labels 4 labels"):
        readers.read_idx_pair(images, labels)
    with pytest.raises(ValueError, match="labels holds 1 dimensions, images have 3"):
        readers.read_idx_pair(labels, labels)
    with pytest.raises(ValueError, match="images holds 3 dimensions, labels have 1"):
        readers.read_idx_pair(images, images)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_cifar_batches_are_joined(protocol, tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (2, 5, 3072), np.uint8)
    paths = []
    for number in range(2):
        paths.append(tmp_path / f"data_batch_{number}")
        batch = {"data": pixels[number], "labels": list(range(5)), "filenames": ["a.png"] * 5}
        paths[-1].write_bytes(pickle.dumps(batch, protocol))
    images, labels = readers.read_cifar(paths, "labels")
    assert np.array_equal(images, pixels.reshape(10, 3, 32, 32))
    assert labels.tolist() == [*range(5), *range(5)]


def test_cifar_reads_pickles_of_python_2(tmp_path):
    """As the published files: byte strings of Python 2, numpy.core, latin-1 pixels."""
    content = (
        b"(dp0\nS'data'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n"
        b"(cnumpy\nndarray\np3\n(I0\ntp4\nS'b'\np5\ntp6\nRp7\n"
        b"(I1\n(I1\nI3072\ntp8\ncnumpy\ndtype\np9\n(S'u1'\np10\nI0\nI1\ntp11\nRp12\n"
        b"(I3\nS'|'\np13\nNNNI-1\nI-1\nI0\ntp14\nbI00\n"
        b"S'" + b"\\xff" * 3072 + b"'\np15\ntp16\nbsS'labels'\np17\n(lp18\nI7\nas."
    )
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    images, labels = readers.read_cifar([path], "labels")
    assert images.shape == (1, 3, 32, 32)
    assert images.min() == 255
    assert labels.tolist() == [7]


class _Dangerous:
    def __reduce__(self):
        import os

        return os.system, ("touch harm",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged or not a CIFAR batch"),
        (
            pickle.dumps({"data": np.zeros((1, 3072), np.uint8), "labels": [1]})[:-20],
            "damaged or not a CIFAR batch",
        ),
        (b"\x1f\x8b this is an archive", "damaged or not a CIFAR batch"),
        (pickle.dumps([1, 2]), "no entries 'data' and 'labels'"),
        (
            pickle.dumps({"data": np.zeros((1, 3071), np.uint8), "labels": [1]}),
            r"not uint8 of shape \(1, 3072\)",
        ),
        (pickle.dumps({"data": np.zeros((1, 3072)), "labels": [1]}), "not uint8"),
        (pickle.dumps(_Dangerous()), r"asks for (posix|nt)\.system"),
    ],
)
def test_cifar_damaged_or_dangerous(content, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as caught:
        readers.read_cifar([path], "labels")
    assert str(path) in str(caught.value)
    assert not (tmp_path / "harm").exists()


def test_svhn(tmp_path):
    savemat = pytest.importorskip("scipy.io", reason="SciPy writes the file").savemat
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (32, 32, 3, 4), np.uint8)
    path = tmp_path / "train_32x32.mat"
    savemat(path, {"X": pixels, "y": np.array([[1], [10], [9], [2]], np.uint8)}, do_compression=True)
    images, labels = readers.read_svhn(path)
    assert labels.tolist() == [1, 0, 9, 2]
    assert np.array_equal(images[1, 2], pixels[:, :, 2, 1])

    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"<html>", whole[:200]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="damaged or not an SVHN file"):
            readers.read_svhn(path)


def test_pets_list(tmp_path):
    path = tmp_path / "trainval.txt"
    path.write_text("#Image CLASS-ID SPECIES BREED ID\nAbyssinian_100 1 1 1\nbeagle_2 5 2 3\n")
    assert readers.read_pets_list(path) == [("Abyssinian_100", 0), ("beagle_2", 1)]
    path.write_text("Abyssinian_100 1 3 1\n")
    with pytest.raises(ValueError, match="line 1: expected 'name class species breed'"):
        readers.read_pets_list(path)
    path.write_text("")
    with pytest.raises(ValueError, match="lists no pictures"):
        readers.read_pets_list(path)
