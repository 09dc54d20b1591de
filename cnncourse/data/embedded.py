"""Data that are always there: scikit-learn's handwritten digits, and drawn shapes (in `drawing.py`)."""

from __future__ import annotations

import numpy as np

from cnncourse.data.arrays import ImageData, split_data
from cnncourse.data.resizing import image_size, resize

# Measured on the training part at the default size of 28; other sizes are close enough.
_DIGITS_MEAN, _DIGITS_STD = (0.3091,), (0.3501,)


def digits(split: str = "train", size: int | tuple[int, int] = 28) -> ImageData:
    """Return four fifths or one of scikit-learn's 1,797 real handwritten digits of 8×8, resized.

    Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository, 1998.
    """
    size = image_size(size)
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ImportError("digits come with scikit-learn: pip install scikit-learn") from None
    pixels, labels = load_digits(return_X_y=True)
    images = resize(pixels.reshape(-1, 1, 8, 8) * (255 / 16), size)  # the source counts ink from 0 to 16
    names = tuple("0123456789")
    everything = ImageData(images, labels.astype(np.int64), names, "digits", _DIGITS_MEAN, _DIGITS_STD)
    train, test = split_data(everything, fraction=0.2, seed=0)
    return {"train": train, "test": test}[split]
