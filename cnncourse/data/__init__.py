"""Data: labelled images as arrays, by name, from a folder of pictures, or drawn.

>>> from cnncourse import data
>>> train = data.load("digits")
>>> train.images.shape, train.labels.shape
((1438, 1, 28, 28), (1438,))
"""

from cnncourse.data.arrays import ImageData, split_data
from cnncourse.data.loading import load
from cnncourse.data.paths import DataNotFound, data_root

__all__ = ["DataNotFound", "ImageData", "data_root", "load", "split_data"]
