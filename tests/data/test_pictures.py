"""Real image files of every kind: converted as a viewer shows them, or refused with the reason."""

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import read_image
from cnncourse.data.pictures import MAX_PIXELS


@pytest.fixture
def gradient():
    """A smooth colour picture, 40×60, that survives JPEG well."""
    y, x = np.mgrid[0:40, 0:60]
    return np.stack([4 * x, 6 * y, 255 - 2 * x - 2 * y], axis=-1).astype(np.uint8)


def close(left, right, tolerance=6):
    return np.abs(left.astype(int) - right.astype(int)).mean() < tolerance


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg", "a.bmp", "a.gif", "a.tiff", "a.webp", "a.ppm", "wrong.txt"]
)
def test_common_formats(name, gradient, tmp_path):
    path = tmp_path / name
    Image.fromarray(gradient).save(path, format="PNG" if name.endswith("txt") else None)
    image = read_image(path)
    assert image.shape == (3, 40, 60)
    assert close(image, gradient.transpose(2, 0, 1))


def test_palette_becomes_rgb(tmp_path):
    colours = np.array([[250, 0, 10], [0, 200, 30], [90, 90, 255]], np.uint8)
    indices = np.random.default_rng(0).integers(0, 3, (6, 9)).astype(np.uint8)
    picture = Image.fromarray(indices)
    picture.putpalette(colours.tobytes())
    picture.save(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").mode == "P"
    assert np.array_equal(read_image(tmp_path / "a.png"), colours[indices].transpose(2, 0, 1))


def test_cmyk_becomes_rgb(gradient, tmp_path):
    Image.fromarray(gradient).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert Image.open(tmp_path / "a.jpg").mode == "CMYK"
    assert close(read_image(tmp_path / "a.jpg"), gradient.transpose(2, 0, 1))


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_sixteen_bits_are_scaled_not_clipped(suffix, tmp_path):
    deep = np.linspace(0, 65535, 40 * 60).reshape(40, 60).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / f"a.{suffix}")
    image = read_image(tmp_path / f"a.{suffix}", channels=1)
    assert np.array_equal(image[0], np.rint(deep / 257).astype(np.uint8))


def test_sixteen_bit_colour(gradient, tmp_path):
    """Pillow writes no such PNG, so it is put together here from its description (RFC 2083)."""
    rows = b"".join(b"\0" + (row.astype(">u2") * 257).tobytes() for row in gradient)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 60, 40, 16, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    assert np.array_equal(read_image(tmp_path / "a.png"), gradient.transpose(2, 0, 1))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 255), (0, 65535)])
def test_float_pixels_are_scaled(low, high, tmp_path):
    values = np.linspace(low, high, 64, dtype=np.float32).reshape(8, 8)
    Image.fromarray(values).save(tmp_path / "a.tiff")
    assert np.array_equal(read_image(tmp_path / "a.tiff", channels=1)[0], np.rint(values / high * 255))


def test_float_pixels_without_a_range_are_refused(tmp_path):
    Image.fromarray(np.linspace(-3, 1, 64, dtype=np.float32).reshape(8, 8)).save(tmp_path / "a.tiff")
    with pytest.raises(ValueError, match="pixels from -3 to 1"):
        read_image(tmp_path / "a.tiff")


def test_transparent_becomes_white(tmp_path):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:, :2] = [200, 10, 10, 255]
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert image[:, 0, 0].tolist() == [200, 10, 10]
    assert image[:, 0, 3].tolist() == [255, 255, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(orientation, gradient, tmp_path):
    """Store the picture as a camera held in each of the eight ways does; it must come out upright."""
    stored = {
        1: gradient,
        2: gradient[:, ::-1],
        3: gradient[::-1, ::-1],
        4: gradient[::-1],
        5: gradient.transpose(1, 0, 2),
        6: np.rot90(gradient, 1),
        7: gradient[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(gradient, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.jpg", quality=95, exif=exif)
    image = read_image(tmp_path / "a.jpg")
    assert image.shape == (3, 40, 60)
    assert close(image, gradient.transpose(2, 0, 1))


def test_grey_and_one_bit(tmp_path):
    pattern = np.indices((8, 8)).sum(axis=0) % 2 == 0
    Image.fromarray(pattern).save(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").mode == "1"
    assert np.array_equal(read_image(tmp_path / "a.png", channels=1)[0], pattern * 255)
    assert read_image(tmp_path / "a.png").shape == (3, 8, 8)


def test_animation_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (9, 7), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read_image(tmp_path / "a.gif")[:, 0, 0].tolist() == [255, 0, 0]


def test_crop_keeps_proportions_and_stretch_does_not(tmp_path):
    """A disc in a wide picture stays round when the sides are cut, becomes narrow when stretched."""
    y, x = np.mgrid[0:80, 0:160]
    disc = ((x - 80) ** 2 + (y - 40) ** 2 < 30**2).astype(np.uint8) * 255
    Image.fromarray(disc).save(tmp_path / "a.png")
    for resize, width in (("crop", 30), ("stretch", 15)):
        image = read_image(tmp_path / "a.png", 40, channels=1, resize=resize)[0] > 127
        assert abs(image.any(axis=0).sum() - width) <= 1
        assert abs(image.any(axis=1).sum() - 30) <= 1


def test_large_jpeg_is_shrunk_as_well_when_decoded_small(tmp_path):
    y, x = np.mgrid[0:600, 0:800]
    picture = Image.fromarray(np.stack([x / 4, y / 3, (x + y) / 8], axis=-1).astype(np.uint8))
    picture.save(tmp_path / "a.jpg", quality=95)
    picture.save(tmp_path / "a.png")
    assert close(read_image(tmp_path / "a.jpg", (30, 50)), read_image(tmp_path / "a.png", (30, 50)), 2)


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1)])
def test_extreme_proportions(size, tmp_path):
    Image.new("L", size, 77).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png", 8).shape == (3, 8, 8)


def write_bad(kind, path, gradient):
    """Write a real file of a bad kind; return the words of its reason."""
    Image.fromarray(gradient).save(path, format="PNG" if "png" in kind else "JPEG")
    whole = path.read_bytes()
    if kind == "truncated jpg":
        path.write_bytes(whole[: len(whole) // 2])
        return "truncated"
    if kind == "truncated png":
        path.write_bytes(whole[: len(whole) // 2])
        return "truncated|damaged"
    if kind == "header only":
        path.write_bytes(whole[:12])
        return "not an image|truncated|damaged"
    if kind == "flipped png bytes":
        path.write_bytes(whole[:60] + bytes(255 - byte for byte in whole[60:90]) + whole[90:])
        return "damaged|truncated"
    if kind == "empty":
        path.write_bytes(b"")
        return "empty file"
    if kind == "text":
        path.write_text("<html>404 not found</html>")
        return "not an image"
    if kind == "heic":
        path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(300))
        return "HEIC picture: save it as JPEG"
    if kind == "one pixel":
        Image.new("RGB", (1, 1)).save(path, format="PNG")
        return "1×1 pixel"
    if kind == "bomb":
        Image.new("1", (9500, 9500)).save(path, format="PNG")
        return "decompression bomb: 9500×9500 pixels"
    if kind == "huge bomb":
        Image.new("1", (14000, 14000)).save(path, format="PNG")
        return "decompression bomb"
    if kind == "vector":
        path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
        return "vector graphics"
    path.unlink()
    if kind == "dangling link":
        path.symlink_to(path.parent / "nowhere.jpg")
        return "dangling link"
    if kind == "folder":
        path.mkdir()
        return "a folder"
    if kind == "pipe":
        os.mkfifo(path)
        return "not a regular file"
    return "No such file"


BAD_KINDS = [
    "truncated jpg",
    "truncated png",
    "header only",
    "flipped png bytes",
    "empty",
    "text",
    "heic",
    "one pixel",
    "bomb",
    "huge bomb",
    "vector",
    "dangling link",
    "folder",
    "pipe",
    "absent",
]


@pytest.mark.parametrize("kind", BAD_KINDS)
def test_bad_files_are_refused_with_the_reason(kind, gradient, tmp_path, recwarn):
    path = tmp_path / "bad.jpg"
    words = write_bad(kind, path, gradient)
    with pytest.raises(ValueError, match=words) as caught:
        read_image(path, 32)
    assert str(caught.value).startswith(f"{path}: ")
    assert not recwarn.list
    assert MAX_PIXELS < 9500 * 9500


def test_no_permission(gradient, tmp_path, monkeypatch):
    """Simulated, since root may read everything."""
    Image.fromarray(gradient).save(tmp_path / "a.png")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(ValueError, match="no permission to read it"):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"channels": 4}, ValueError, "channels must be 1"),
        ({"resize": "pad"}, ValueError, "resize must be one of crop, stretch"),
        ({"size": 0}, ValueError, "size must be at least 1"),
        ({"size": "big"}, TypeError, "size must be a number of pixels"),
    ],
)
def test_wrong_options(options, error, words):
    with pytest.raises(error, match=words):
        read_image("any.png", **options)
