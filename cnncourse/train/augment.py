"""Random changes of training images: a whole batch at a time on the device, each sample with its own.

Parameters are drawn on the CPU, images are changed where they lie: the same seed gives the same pictures on
every device, and nothing waits for the GPU.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch.nn import functional as F

from cnncourse.errors import did_you_mean
from cnncourse.results import is_of_kind
from cnncourse.train.checks import check_kinds, check_range, check_whole

Draws = dict[str, torch.Tensor]  # name of a parameter -> its values, one per sample, shape (N,)


@dataclass(frozen=True)
class Augment:
    """Which random changes to make; all are off by default.

    They come in the order of the fields. Every sample draws its own values.

    Raises
    ------
    ValueError
        For a value out of range.
    """

    crop_padding: int = 0  # pixels of black put around the image before a window of its old size is cut out
    flip: float = 0.0  # probability of mirroring left and right
    rotate: float = 0.0  # largest rotation either way, degrees
    shift: float = 0.0  # largest shift along each side, as a share of the side; whole pixels
    scale: tuple[float, float] = (1.0, 1.0)  # smallest and largest magnification
    shear: float = 0.0  # largest horizontal shear either way, degrees
    brightness: float = 0.0  # b: factor from max(0, 1 - b) to 1 + b
    contrast: float = 0.0  # the same, around the image's mean grey
    saturation: float = 0.0  # the same, around each pixel's grey
    cutout: int = 0  # side of a square set to the mean colour, pixels
    mixup: float = 0.0  # alpha of the Beta(alpha, alpha) share in a blend of two images; 0: off
    cutmix: float = (
        0.0  # alpha of the Beta(alpha, alpha) area kept when another image's box is pasted; 0: off
    )

    def __post_init__(self) -> None:
        check_kinds(self, {})
        is_pair = isinstance(self.scale, (tuple, list)) and len(self.scale) == 2
        if not is_pair or not all(is_of_kind(side, float) for side in self.scale):
            raise ValueError(f"scale={self.scale!r} must be two numbers, the smallest and the largest")
        object.__setattr__(self, "scale", tuple(self.scale))
        for name, high in (("flip", 1), ("shift", 1), ("rotate", 180), ("shear", 89)):
            check_range(
                name, getattr(self, name), 0, math.nextafter(high, 90 * high), f"between 0 and {high}"
            )
        for name in ("brightness", "contrast", "saturation", "mixup", "cutmix"):
            check_range(name, getattr(self, name), 0, math.inf, "of at least 0")
        for name in ("crop_padding", "cutout"):
            check_whole(name, getattr(self, name), 0)
        if not 0 < self.scale[0] <= self.scale[1] < math.inf:
            raise ValueError(f"scale={self.scale!r} must be (smallest, largest), both above 0")

    @classmethod
    def from_dict(cls, changes: Mapping) -> Augment:
        """An augmentation from names and values; ValueError for a name that is no change."""
        known = [field.name for field in fields(cls)]
        for name in changes:
            if name not in known:
                raise ValueError(f"Augment has no change {name!r}. {did_you_mean(name, known)}")
        return cls(**changes)

    @property
    def warps(self) -> bool:
        """Whether pixels have to be interpolated."""
        return bool(self.rotate or self.shift or self.shear) or self.scale != (1.0, 1.0)

    @property
    def recolours(self) -> bool:
        """Whether brightness, contrast or saturation change."""
        return bool(self.brightness or self.contrast or self.saturation)

    def draw(self, n: int, height: int, width: int, rng: np.random.Generator) -> Draws:
        """Random parameters for ``n`` images of ``height`` × ``width``, of the changes that are on."""
        for name, side in (("cutout", min(height, width)), ("crop_padding", max(height, width))):
            if getattr(self, name) > side:
                raise ValueError(
                    f"{name}={getattr(self, name)} is larger than the images, {height}×{width} pixels"
                )
        draws: dict[str, np.ndarray] = {}
        if self.crop_padding:
            draws["top"] = rng.integers(0, 2 * self.crop_padding + 1, n)
            draws["left"] = rng.integers(0, 2 * self.crop_padding + 1, n)
        if self.flip:
            draws["flip"] = rng.random(n) < self.flip
        if self.warps:
            draws["angle"] = np.radians(rng.uniform(-self.rotate, self.rotate, n))
            draws["dx"] = np.round(rng.uniform(-self.shift * width, self.shift * width, n))
            draws["dy"] = np.round(rng.uniform(-self.shift * height, self.shift * height, n))
            draws["scale"] = rng.uniform(*self.scale, n)
            draws["shear"] = np.radians(rng.uniform(-self.shear, self.shear, n))
        if self.recolours:
            for name in ("brightness", "contrast", "saturation"):
                strength = getattr(self, name)
                draws[name] = rng.uniform(max(0, 1 - strength), 1 + strength, n)
            draws["order"] = rng.integers(0, len(_ORDERS), n)
        if self.cutout:
            draws["cut_top"] = rng.integers(0, height - self.cutout + 1, n)
            draws["cut_left"] = rng.integers(0, width - self.cutout + 1, n)
        if self.mixup:
            draws["mix"] = rng.beta(self.mixup, self.mixup, n)
        if self.cutmix:
            draws["keep"] = rng.beta(self.cutmix, self.cutmix, n)
            draws["box_y"] = rng.integers(0, height, n)
            draws["box_x"] = rng.integers(0, width, n)
        if self.mixup and self.cutmix:
            draws["boxed"] = rng.random(n) < 0.5
        narrow = {np.dtype(np.float64): np.float32}
        return {name: torch.from_numpy(v.astype(narrow.get(v.dtype, v.dtype))) for name, v in draws.items()}

    def change_pixels(self, images: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Move and recolour: uint8 (N, C, H, W), 0 to 255 -> float32 (N, C, H, W), 0 to 1."""
        if "top" in draws or "flip" in draws:
            images = crop_and_flip(images, self.crop_padding, draws)
        pixels = images.to(torch.float32).div_(255)
        if self.warps:
            pixels = warp(pixels, draws)
        if self.recolours:
            pixels = recolour(pixels, draws)
        return pixels

    def blend(
        self, pixels: torch.Tensor, labels: torch.Tensor, draws: Draws, num_classes: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Cut out and mix normalised images (N, C, H, W), 0 being the mean colour.

        Labels (N,) become shares of each class (N, num_classes) where images are mixed.
        """
        if self.cutout:
            pixels = pixels.masked_fill(
                _box(pixels, draws["cut_top"], draws["cut_left"], self.cutout, self.cutout), 0
            )
        if not (self.mixup or self.cutmix):
            return pixels, labels
        if labels.ndim != 1:
            raise ValueError(
                "train yields shares of classes for labels; leave mixup and cutmix 0, or yield numbers"
            )
        mixed, share = mix(pixels, draws)
        target = pixels.new_zeros(len(labels), num_classes).scatter_(1, labels[:, None], 1.0)  # one-hot
        share = share.to(pixels.dtype).view(-1, 1)
        return mixed, share * target + (1 - share) * target.roll(1, 0)


def crop_and_flip(images: torch.Tensor, padding: int, draws: Draws) -> torch.Tensor:
    """Cut a window of the old size out of the padded image, then mirror: (N, C, H, W) -> (N, C, H, W).

    One gather: each output pixel is looked up, nothing is interpolated.
    """
    n, _, height, width = images.shape
    rows = torch.arange(height, device=images.device).expand(n, height)
    columns = torch.arange(width, device=images.device).expand(n, width)
    if "flip" in draws:
        columns = torch.where(draws["flip"][:, None], width - 1 - columns, columns)
    if padding:
        images = F.pad(images, (padding, padding, padding, padding))
        rows = rows + draws["top"][:, None]
        columns = columns + draws["left"][:, None]
    sample = torch.arange(n, device=images.device)
    places = sample[:, None, None], rows[:, :, None], columns[:, None, :]
    return images.permute(0, 2, 3, 1)[places].permute(0, 3, 1, 2)  # by way of (N, H, W, C)


def warp(pixels: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Shear, magnify and rotate clockwise about the centre, then shift; black outside. Shapes stay.

    For each output pixel the place in the input is sought, so the inverse of the map is computed: with u
    the output position seen from the centre,
    input = 1/scale · [[1, tan shear], [0, 1]] · R(-angle) · (u - shift).
    """
    n, _, height, width = pixels.shape
    cos, sin, tan = draws["angle"].cos(), draws["angle"].sin(), draws["shear"].tan()
    a = (cos - tan * sin) / draws["scale"]
    b = (sin + tan * cos) / draws["scale"]
    c = -sin / draws["scale"]
    d = cos / draws["scale"]
    x, y = -draws["dx"], -draws["dy"]
    # affine_grid measures each side from -1 to 1, hence the ratios of the sides.
    across = [a, b * height / width, 2 * (a * x + b * y) / width]
    down = [c * width / height, d, 2 * (c * x + d * y) / height]
    theta = torch.stack([*across, *down], dim=1).view(n, 2, 3)
    grid = F.affine_grid(theta, list(pixels.shape), align_corners=False)  # (N, H, W, 2)
    return F.grid_sample(pixels, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


# The six orders of brightness (0), contrast (1) and saturation (2): each sample draws one.
_ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def recolour(pixels: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Brightness, contrast and saturation in each sample's own order: (N, C, H, W) -> (N, C, H, W), 0 to 1.

    Each is a blend factor·image + (1 - factor)·anchor, clipped to 0 … 1. The anchor is black for brightness,
    the image's mean grey for contrast, each pixel's grey for saturation.
    """
    n = len(pixels)
    factors = torch.stack([draws["brightness"], draws["contrast"], draws["saturation"]], dim=1)  # (N, 3)
    orders = torch.tensor(_ORDERS, device=pixels.device)[draws["order"]]  # (N, 3)
    for turn in range(3):
        change = orders[:, turn].view(n, 1, 1, 1)
        factor = factors.gather(1, orders[:, turn : turn + 1]).view(n, 1, 1, 1)
        grey = _grey(pixels)
        anchor = torch.where(
            change == 2, grey, torch.where(change == 1, grey.mean((2, 3), keepdim=True), 0.0)
        )
        pixels = (factor * pixels + (1 - factor) * anchor).clamp_(0, 1)
    return pixels


def _grey(pixels: torch.Tensor) -> torch.Tensor:
    """Luminance after ITU-R BT.601: (N, C, H, W) -> (N, 1, H, W); one channel is grey already."""
    if pixels.shape[1] != 3:
        return pixels.mean(1, keepdim=True)
    red, green, blue = pixels.split(1, dim=1)
    return 0.2989 * red + 0.587 * green + 0.114 * blue


def mix(pixels: torch.Tensor, draws: Draws) -> tuple[torch.Tensor, torch.Tensor]:
    """Mix each image (N, C, H, W) with the next of the batch; with it comes the share (N,) that is its own.

    Zhang et al.: mixup, arXiv:1710.09412 (2017), section 2. Yun et al.: CutMix, arXiv:1905.04899 (2019).
    """
    other = pixels.roll(1, 0)
    if "mix" in draws:
        blended_share = draws["mix"]
        weight = blended_share.view(-1, 1, 1, 1)
        blended = weight * pixels + (1 - weight) * other
        if "keep" not in draws:
            return blended, blended_share
    height, width = pixels.shape[2:]
    half = 0.5 * torch.sqrt(1 - draws["keep"])  # half the box's side, as a share of the image's side
    half_height, half_width = (half * height).long(), (half * width).long()
    y, x = draws["box_y"], draws["box_x"]
    top, bottom = (y - half_height).clamp(min=0), (y + half_height).clamp(max=height)
    left, right = (x - half_width).clamp(min=0), (x + half_width).clamp(max=width)
    box = _box(pixels, top, left, bottom - top, right - left)
    pasted = torch.where(box, other, pixels)
    pasted_share = 1 - (bottom - top) * (right - left) / (height * width)
    if "boxed" not in draws:
        return pasted, pasted_share
    boxed, share = draws["boxed"], torch.where(draws["boxed"], pasted_share, blended_share)
    return torch.where(boxed.view(-1, 1, 1, 1), pasted, blended), share


def _box(pixels: torch.Tensor, top, left, height, width) -> torch.Tensor:
    """A mask of shape (N, 1, H, W), true inside each sample's box; the corner's arguments have shape (N,)."""
    rows = torch.arange(pixels.shape[2], device=pixels.device) - top[:, None]  # (N, H)
    columns = torch.arange(pixels.shape[3], device=pixels.device) - left[:, None]  # (N, W)
    height = height if isinstance(height, int) else height[:, None]
    width = width if isinstance(width, int) else width[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    return inside[:, None]
