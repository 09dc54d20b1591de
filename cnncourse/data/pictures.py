"""One image file of any kind to one uint8 array: Pillow decodes, this file converts without surprises."""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnncourse.data.resizing import image_size

# Pillow's own limit, above which a small file may be made to fill the memory.
MAX_PIXELS = 89_478_485
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
        raise BadPicture(f"{path}: {error}") from None


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
            pixels = np.asarray(_converted(picture, wanted))
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
        raise BadPicture(f"{kind}: {error}") from None
    return pixels[None] if wanted.channels == 1 else pixels.transpose(2, 0, 1)


def _converted(picture, wanted: Wanted):
    """Return an opened picture upright, with the channels, depth and size that are wanted."""
    from PIL import Image, ImageOps

    _check_header(picture)
    if wanted.size is not None and not wanted.exact:
        # JPEG decodes to a half, a quarter or an eighth at once; twice the size is left for a fine resize.
        picture.draft(None, (2 * max(wanted.size), 2 * max(wanted.size)))
    picture.load()
    plain = _to_eight_bits(ImageOps.exif_transpose(picture)).convert("L" if wanted.channels == 1 else "RGB")
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


def _to_eight_bits(picture):
    """Return the picture with 8 bits per channel and nothing transparent."""
    from PIL import Image

    if picture.mode[0] in "IF":  # I;16 and its byte orders, I (32 bits; older Pillow also for 16), F (float)
        return Image.fromarray(_scaled(np.asarray(picture), is_float=picture.mode == "F"))
    if "A" in picture.getbands() or "transparency" in picture.info:
        colour = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour).convert("RGB")
    return picture


def _scaled(values: np.ndarray, is_float: bool) -> np.ndarray:
    """Scale deep pixels to 0–255: 16 bits by 1/257, floats by the range they are written in."""
    low, high = float(values.min()), float(values.max())
    full = 1.0 if is_float and high <= 1 else 255.0 if is_float and high <= 255 else 65535.0
    if not 0 <= low <= high <= full:
        raise BadPicture(f"pixels from {low:g} to {high:g}, outside 0 to 65535")
    return np.rint(values.astype(np.float64) * (255.0 / full)).astype(np.uint8)


def plain_path(path: str | Path) -> str:
    """Return a path that can be printed, whatever bytes the file's name is made of."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
