"""One image file of any kind to one uint8 array: Pillow decodes, this file converts without surprises."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnncourse.data.resizing import image_size
from cnncourse.errors import printable

# Pillow's own limit, above which a small file may be made to fill the memory.
MAX_PIXELS = 89_478_485
# Decoded pictures with more pixels take turns, so that threads beside each other do not fill the memory.
_LARGE = 1 << 24
_LARGE_ONES = threading.Lock()
_NO_PICTURE = frozenset(["EPS", "WMF"])  # vector graphics, which Pillow hands to other programs
_HEIF_BRANDS = frozenset([b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"])
_RESIZE = ("crop", "stretch")


class BadPicture(ValueError):
    """A file that is not used, and in a few words why."""


class OtherSize(BadPicture):
    """A good picture of another size than the others, where one size was asked of all."""


class Wanted(NamedTuple):
    """What every picture is turned into; the fields are the arguments of `read_image`."""

    size: tuple[int, int] | None  # height, width; None keeps the picture's own
    channels: int = 3
    resize: str = "crop"
    exact: bool = False  # True refuses a picture that does not have `size` already


def read_image(
    path: str | os.PathLike,
    size: int | tuple[int, int] | None = None,
    channels: int = 3,
    resize: str = "crop",
) -> np.ndarray:
    """Read one image file as `load_folder` does.

    Parameters
    ----------
    path : path
        Any format Pillow reads.
    size : int or (int, int), default None
        Side, or height and width, of the result in pixels; None keeps the size of the picture.
    channels : {1, 3}, default 3
        Grey, or red, green, blue.
    resize : {"crop", "stretch"}, default "crop"
        How another aspect ratio is met: cut the longer side around the middle, or distort.

    Returns
    -------
    ndarray of shape (channels, height, width), uint8

    Raises
    ------
    ValueError
        If the file cannot be used; the message names the file and the reason.
    ImportError
        If Pillow is not installed.

    Notes
    -----
    16-bit pixels are scaled to 8 bits, palettes and CMYK become RGB, transparent parts become white, a
    picture that a camera stored lying is turned upright, and of an animation the first frame is taken.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> from cnncourse import data
    >>> digit = data.load("digits").images[0, 0]
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "digit.png"
    ...     Image.fromarray(digit).save(path)
    ...     read_image(path).shape, read_image(path, size=14, channels=1).shape
    ((3, 28, 28), (1, 14, 14))
    """
    check_options(channels, resize)
    wanted = Wanted(None if size is None else image_size(size), channels, resize)
    try:
        with quiet_pillow():
            return decode(os.fspath(path), wanted)
    except BadPicture as error:
        raise BadPicture(f"{plain_path(path)}: {error}") from None


def check_options(channels: int, resize: str) -> None:
    """Refuse a number of channels or way of resizing that does not exist, and a machine without Pillow."""
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 (grey) or 3 (colour), got {channels!r}")
    if resize not in _RESIZE:
        raise ValueError(f"resize must be one of {', '.join(_RESIZE)}, got {resize!r}")
    try:
        import PIL.Image  # noqa: F401
    except ImportError:
        raise ImportError("image files are read by Pillow: pip install pillow") from None


@contextlib.contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silence Pillow's warnings about odd metadata and large pictures: what matters is raised and reported.

    Not inside a thread: the filter of warnings belongs to the process.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decode(path: str, wanted: Wanted) -> np.ndarray:
    """Read one file as ndarray of shape (channels, height, width), or raise BadPicture with the reason."""
    from PIL import Image, UnidentifiedImageError

    _check_file(path)
    try:
        with Image.open(path) as picture:
            _check_header(picture)
            pixels = np.asarray(_converted(picture, wanted, _transparent_value(path, picture)))
    except BadPicture:
        raise
    except UnidentifiedImageError:
        raise BadPicture(_unknown_kind(path)) from None
    except Image.DecompressionBombError:
        raise BadPicture("decompression bomb: too many pixels") from None
    except PermissionError:
        raise BadPicture("no permission to read it") from None
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error and more on damaged files
        kind = "truncated" if "truncated" in str(error).lower() else "damaged"
        raise BadPicture(f"{kind}: {printable(error)}") from None
    return pixels[None] if wanted.channels == 1 else pixels.transpose(2, 0, 1)


def _converted(picture, wanted: Wanted, transparent: object):
    """Return an opened picture upright, with the channels, depth and size that are wanted."""
    from PIL import Image, ImageOps

    if wanted.size is not None and not wanted.exact:
        # JPEG decodes to a half, a quarter or an eighth at once; twice the size is left for a fine resize.
        picture.draft(None, (2 * max(wanted.size), 2 * max(wanted.size)))
    with _LARGE_ONES if picture.width * picture.height > _LARGE else contextlib.nullcontext():
        picture.load()
        _check_header(picture)  # once more: some kinds of file hold another size than they announce
        ImageOps.exif_transpose(picture, in_place=True)
        plain = _to_eight_bits(picture, transparent)
        if plain.mode != "L":
            plain = plain.convert("RGB")  # grey by way of RGB: some kinds have no other, or one of their own
        plain = plain.convert("L" if wanted.channels == 1 else "RGB")
        if wanted.size is None or plain.size[::-1] == wanted.size:
            return plain
        if wanted.exact:
            raise OtherSize(f"{plain.size[1]}×{plain.size[0]} pixels")
        width_height = wanted.size[::-1]
        if wanted.resize == "crop":
            return ImageOps.fit(plain, width_height, Image.Resampling.BICUBIC)
        return plain.resize(width_height, Image.Resampling.BICUBIC)


def _check_file(path: str) -> None:
    try:
        status = os.stat(path)
    except OSError as error:
        raise BadPicture(
            "dangling link" if os.path.islink(path) else error.strerror or "unreadable"
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise BadPicture("a folder, not a file" if stat.S_ISDIR(status.st_mode) else "not a regular file")
    if status.st_size == 0:
        raise BadPicture("empty file")


def _unknown_kind(path: str) -> str:
    """Return why Pillow does not know a file; telephones write a kind that it reads only with a plug-in."""
    with open(path, "rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "HEIC picture: save it as JPEG first"
    return "not an image"


def _check_header(picture) -> None:
    width, height = picture.size
    if picture.format in _NO_PICTURE:
        raise BadPicture("vector graphics, not an image of pixels")
    if width * height > MAX_PIXELS:
        raise BadPicture(f"decompression bomb: {width}×{height} pixels, at most {MAX_PIXELS:,} are read")
    if width * height == 1:
        raise BadPicture("1×1 pixel, there is no picture in it")


def _transparent_value(path: str, picture) -> object:
    """Return the colour that a PNG names as transparent, in the numbers of its decoded pixels; else None.

    Pillow scales pixels of 1, 2 and 4 bits up and those of 16-bit colour down, but not this colour.
    """
    colour = picture.info.get("transparency")
    if picture.format != "PNG" or isinstance(colour, bytes) or colour is None:
        return colour
    with open(path, "rb") as file:
        depth = file.read(25)[24]  # after the signature: length, "IHDR", width, height, bit depth (RFC 2083)
    if depth == 16 and isinstance(colour, int):
        return colour  # deep grey stays deep
    if depth == 16:
        return tuple(value >> 8 for value in colour)
    return colour * 255 // (2**depth - 1) if isinstance(colour, int) else colour


def _to_eight_bits(picture, transparent: object):
    """Return the picture with 8 bits per channel and white where it is transparent."""
    from PIL import Image

    if picture.mode[0] in "IF":  # I;16 and its byte orders, I (32 bits; older Pillow also for 16), F (float)
        values = np.asarray(picture)
        scaled = _scaled(values, is_float=picture.mode == "F")
        if transparent is not None:
            scaled[values == transparent] = 255
        return Image.fromarray(scaled)
    if "A" in picture.getbands() or transparent is not None:
        if transparent is not None:
            picture.info["transparency"] = transparent
        colour = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour)
    return picture


def _scaled(values: np.ndarray, is_float: bool) -> np.ndarray:
    """Scale deep pixels to 0–255: 16 bits by 1/257, floats by the range they are written in."""
    low, high = float(values.min()), float(values.max())
    full = 1.0 if is_float and high <= 1 else 255.0 if is_float and high <= 255 else 65535.0
    if not 0 <= low <= high <= full:
        raise BadPicture(f"pixels from {low:g} to {high:g}, outside 0 to 65535")
    scaled = np.empty(values.shape, np.uint8)
    for row, result in zip(values, scaled):  # row by row: a float of each pixel is eight times the picture
        np.rint(row * (255.0 / full), out=result, casting="unsafe")
    return scaled


def plain_path(path: str | Path) -> str:
    """Return a path that can be printed, whatever its name is made of."""
    return printable(os.fspath(path))
