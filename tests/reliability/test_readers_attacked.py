"""Files made to harm: readers refuse them in one line and in little memory, and nothing in them runs."""

import gzip
import os
import pickle
import random
import struct
import subprocess
import sys
import threading
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import pictures, read_image, readers


def refused(reader, path):
    """The text of a reader's refusal: one line that names the file."""
    with pytest.raises(ValueError) as caught:
        reader(path)
    text = str(caught.value)
    assert str(path) in text
    assert text.isprintable()
    return text


def batch(path):
    return readers.read_cifar([path], "labels")


GLOBAL_ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
OBJECTS = (
    b"(I1\n(I1\ntcnumpy\ndtype\n(S'O8'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI63\ntbI00\nS'"
    + b"A" * 8
    + b"'\ntb"
)
PICKLES = {
    "objects over raw bytes": b"(dS'data'\n" + GLOBAL_ARRAY + OBJECTS + b"sS'labels'\n(lI7\nas.",
    "ndarray called": b"(dS'data'\ncnumpy\nndarray\n((I1\ntS'O'\ntRs.",
    "dtype called with a dictionary": b"cnumpy\ndtype\n((dS'names'\n(lsS'formats'\n(lstR.",
    "system": b"cos\nsystem\n(S'touch harm'\ntR.",
    "system by the stack": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0atouch harm\x85R.",
    "instance": b"(ios\nsystem\n.",
    "new object": b"\x80\x02cnumpy\nndarray\n)\x81.",
    "state of a name": b"cnumpy\ndtype\n(dS'__call__'\nI1\nsb.",
    "extension": b"\x80\x02\x82\x01.",
    "persistent": b"Pfile\n.",
    "huge place of the memo": b"\x80\x02Nr\xff\xff\xff\x7f.",
    "huge text": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b"x.",
    "huge bytes": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b"x.",
    "huge frame": b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N.",
    "deep lists": b"(" * 300_000 + b"l" * 300_000 + b".",
    "deep tuples as a key": b"\x80\x02}" + b")" + b"\x85" * 200_000 + b"Ns.",
    "doubled tuples as a key": b"\x80\x02})" + b"q\x00h\x00\x86" * 60 + b"Ns.",
    "doubled lists as labels": (
        b"(dS'data'\nS'x'\nsS'labels'\n(lI1\na"
        + b"".join(b"p%d\n(lg%d\nag%d\na" % (n, n, n) for n in range(60))
        + b"s."
    ),
    "taken from nothing": b"\x80\x02}u.",
    "a list as a dictionary": b"(l(lS'a'\nI1\ns.",
    "a number without end": b"I" + b"9" * 100_000 + b"\n.",
    "no end": b"(" * 50,
}  # fmt: skip


@pytest.mark.parametrize("name", list(PICKLES))
def test_pickles_that_do_harm_elsewhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data_batch_1"
    path.write_bytes(PICKLES[name])
    refused(batch, path)
    assert os.listdir(tmp_path) == ["data_batch_1"]


def test_labels_of_a_batch_are_numbers(tmp_path):
    pixels = np.zeros((2, 3072), np.uint8)
    for labels in ([1, "2"], [True, False], (1, 2), [1], [[1], [2]], None):
        path = tmp_path / "data_batch_1"
        path.write_bytes(pickle.dumps({"data": pixels, "labels": labels}, 2))
        refused(batch, path)


def whole_files(folder):
    """A small good file of each kind, with its reader."""
    idx = folder / "train-images-idx3-ubyte"
    idx.write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", 2, 3, 4) + bytes(24))
    zipped = folder / "labels-idx1-ubyte.gz"
    zipped.write_bytes(gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 9) + bytes(9)))
    cifar = folder / "data_batch_1"
    cifar.write_bytes(pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [1, 2]}, 2))
    pets = folder / "trainval.txt"
    pets.write_text("Abyssinian_100 1 1 1\nbeagle_2 5 2 3\n")
    matlab = folder / "train_32x32.mat"
    matlab.write_bytes(
        matlab_file({"X": np.zeros((32, 32, 3, 2), np.uint8), "y": np.array([[1], [10]], np.uint8)})
    )
    return {
        idx: readers.read_idx,
        zipped: readers.read_idx,
        cifar: batch,
        pets: readers.read_pets_list,
        matlab: readers.read_svhn,
    }


def matlab_file(arrays):
    """Write a compressed MATLAB file of level 5, from the description of its format."""

    def element(kind, body):
        return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)

    content = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    for name, array in arrays.items():
        parts = element(6, struct.pack("<II", 9, 0)), element(5, np.array(array.shape, "<i4").tobytes())
        matrix = b"".join(parts) + element(1, name.encode()) + element(2, array.tobytes(order="F"))
        packed = zlib.compress(element(14, matrix))
        content += struct.pack("<II", 15, len(packed)) + packed
    return content


def complaint_of(reader, path):
    """What a reader says of a file, None if it reads it."""
    try:
        reader(path)
    except ValueError as error:
        return str(error)
    return None


def mutations(content, number, rng):
    for _ in range(number):
        mutated = bytearray(content)
        for _ in range(rng.choice([1, 1, 2, 8])):
            mutated[rng.randrange(len(mutated))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        yield bytes(mutated[: rng.choice([len(mutated)] * 3 + [rng.randrange(len(mutated))])])


@pytest.mark.parametrize("number", [40, pytest.param(2_000, marks=pytest.mark.slow)], ids=["few", "many"])
def test_random_damage_is_read_or_refused(number, tmp_path):
    rng = random.Random(0)
    for path, reader in whole_files(tmp_path).items():
        reader(path)
        for content in mutations(path.read_bytes(), number, rng):
            path.write_bytes(content)
            complaint = complaint_of(reader, path)
            assert complaint is None or (str(path) in complaint and complaint.isprintable())


def idx_header(*sides):
    return b"\0\0\x08" + bytes([len(sides)]) + struct.pack(f">{len(sides)}I", *sides)


def test_headers_that_ask_for_too_much(tmp_path):
    """The refusal comes before the memory is asked for."""
    (tmp_path / "a-idx3-ubyte").write_bytes(idx_header(1 << 31, 1 << 31, 1 << 31))
    (tmp_path / "b-idx3-ubyte").write_bytes(idx_header(0, 1 << 31, 1 << 31))
    (tmp_path / "c-idx3-ubyte").write_bytes(idx_header(1 << 10, 1 << 10, 1 << 10) + b"x")
    (tmp_path / "d-idx255").write_bytes(b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"x")
    with gzip.open(tmp_path / "e-idx1.gz", "wb", compresslevel=9) as file:  # 0.3 MB that become 300 MB
        file.write(idx_header(5))
        for _ in range(300):
            file.write(bytes(1 << 20))
    (tmp_path / "g-idx3.gz").write_bytes(gzip.compress(idx_header(1 << 10, 1 << 10, 1 << 10) + b"x"))
    with open(tmp_path / "f-idx1", "wb") as sparse:
        sparse.write(idx_header(5))
        sparse.truncate(1 << 40)
    for path in sorted(tmp_path.iterdir()):
        tracemalloc.start()
        refused(readers.read_idx, path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
        tracemalloc.stop()


def test_matlab_bombs_and_strangers(tmp_path):
    path = tmp_path / "train_32x32.mat"
    head = matlab_file({})
    bomb = zlib.compress(bytes(1 << 28), 9)
    cases = {
        "a matrix in no end of matrices": head + struct.pack("<II", 15, len(bomb)) + bomb,
        "more than there is": head + struct.pack("<II", 15, 1 << 31) + bomb[:100],
        "other shape": matlab_file({"X": np.zeros((32, 32, 3, 2), np.uint8)}).replace(b"IM", b"MI"),
        "no y": matlab_file({"X": np.zeros((32, 32, 3, 2), np.uint8)}),
        "label 77": matlab_file({"X": np.zeros((32, 32, 3, 1), np.uint8), "y": np.array([[77]], np.uint8)}),
        "nothing": head,
    }
    for content in cases.values():
        path.write_bytes(content)
        refused(readers.read_svhn, path)
    sparse = tmp_path / "sparse.mat"
    with open(sparse, "wb") as file:
        file.truncate(1 << 40)
    for reader in (readers.read_svhn, batch, readers.read_pets_list):
        refused(reader, sparse)


@pytest.mark.parametrize("stem", ["../../secret", "/etc/passwd", "..\\secret", "a/b", "C:secret"])
def test_a_list_of_pets_names_no_other_files(stem, tmp_path):
    path = tmp_path / "trainval.txt"
    path.write_text(f"{stem} 1 1 1\n")
    assert "expected 'name class species breed'" in refused(readers.read_pets_list, path)


def png(width, height, depth, colour, rows, *chunks):
    """Put a PNG together (RFC 2083); `rows` yields its uncompressed lines."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    packer = zlib.compressobj(9)
    packed = b"".join([packer.compress(b"\0" + row) for row in rows] + [packer.flush()])
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    middle = b"".join(chunk(kind, content) for kind, content in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + middle + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("depth", "value"), [(1, 1), (1, 0), (2, 1), (4, 3), (8, 77), (16, 1028), (16, 65535)]
)
def test_a_transparent_grey_is_white_at_every_depth(depth, value, channels, tmp_path):
    """A picture whose left half is the colour that is transparent; the right half keeps its grey."""
    other = 0 if value else 1
    if depth == 16:
        row = struct.pack(">8H", *[value] * 4, *[other] * 4)
    else:
        bits = "".join(f"{number:0{depth}b}" for number in [value] * 4 + [other] * 4)
        row = bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))
    path = tmp_path / "a.png"
    path.write_bytes(png(8, 4, depth, 0, [row] * 4, (b"tRNS", struct.pack(">H", value))))
    image = read_image(path, channels=channels)
    assert (image[..., :4] == 255).all()
    assert (image[..., 4:] == round(other * 255 / (2**depth - 1))).all()


@pytest.mark.parametrize("depth", [8, 16])
def test_a_transparent_colour_is_white_at_every_depth(depth, tmp_path):
    scale = 257 if depth == 16 else 1
    colours = np.array([[9, 200, 30]] * 4 + [[9, 200, 31]] * 4, ">u2" if depth == 16 else "u1") * scale
    path = tmp_path / "a.png"
    transparent = struct.pack(">3H", *(np.array([9, 200, 30]) * scale).tolist())
    row = colours.astype(colours.dtype.newbyteorder(">")).tobytes()
    path.write_bytes(png(8, 4, depth, 2, [row] * 4, (b"tRNS", transparent)))
    image = read_image(path)
    assert (image[..., :4] == 255).all()
    assert image[:, 0, 4].tolist() == [9, 200, 31]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_grey_is_the_grey_of_the_colours(mode, tmp_path):
    """Two roads from one file to grey pixels: asked for grey, or the colours made grey."""
    colours = np.random.default_rng(0).integers(0, 256, (12, 10, 3), np.uint8)
    picture = Image.fromarray(colours).convert("L" if mode in ("I;16", "F") else "RGB")
    picture = (
        Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
        if mode == "I;16"
        else picture.convert(mode)
    )
    path = tmp_path / "a.tiff"
    picture.save(path)
    expected = Image.fromarray(read_image(path).transpose(1, 2, 0)).convert("L")
    assert np.array_equal(read_image(path, channels=1)[0], np.asarray(expected))


BOMB = """
import sys, threading
from cnncourse.data import read_image
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
read_image(sys.argv[2], 8)
before = peak()
threads = [threading.Thread(target=read_image, args=(sys.argv[1], 8)) for _ in range(int(sys.argv[3]))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(peak() - before)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the peak is read from Linux's /proc")
@pytest.mark.parametrize(
    ("side", "threads"), [(4500, 4), pytest.param(9450, 6, marks=pytest.mark.slow)], ids=["large", "largest"]
)
@pytest.mark.parametrize(("depth", "colour"), [(16, 0), (16, 2), (8, 6)])
def test_large_pictures_take_turns(side, threads, depth, colour, tmp_path):
    """Small files that become large pictures: many threads need hardly more memory than one."""
    bytes_per_pixel = depth // 8 * {0: 1, 2: 3, 6: 4}[colour]
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, depth, colour, (bytes(side * bytes_per_pixel) for _ in range(side))))
    Image.new("L", (9, 9)).save(tmp_path / "small.png")
    assert side * side > pictures._LARGE

    def kilobytes(number):
        command = [sys.executable, "-c", BOMB, str(path), str(tmp_path / "small.png"), str(number)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert kilobytes(threads) < 1.5 * kilobytes(1)


def test_large_pictures_wait_for_each_other_and_small_ones_do_not(tmp_path):
    Image.new("L", (5000, 5000)).save(tmp_path / "large.png")
    Image.new("L", (50, 50)).save(tmp_path / "small.png")
    done = threading.Event()
    thread = threading.Thread(target=lambda: (read_image(tmp_path / "large.png", 8), done.set()))
    with pictures._LARGE_ONES:
        thread.start()
        assert read_image(tmp_path / "small.png").shape == (3, 50, 50)
        assert not done.is_set()
    thread.join()
    assert done.is_set()
