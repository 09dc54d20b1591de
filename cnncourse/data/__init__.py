"""Data: labelled images as arrays, by name, from a folder of pictures, or drawn.

>>> from cnncourse import data
>>> train = data.load("digits")
>>> train.images.shape, train.labels.shape
((1438, 1, 28, 28), (1438,))
"""

from cnncourse.data.arrays import ImageData, split_data
from cnncourse.data.catalog import CATALOG
from cnncourse.data.drawing import SHAPES, shapes
from cnncourse.data.folder import load_folder
from cnncourse.data.loading import load
from cnncourse.data.paths import DataNotFound, data_root
from cnncourse.data.pictures import read_image
from cnncourse.data.resizing import resize
from cnncourse.data.scenes import Scenes, cut_windows, scenes

__all__ = [
    "CATALOG",
    "SHAPES",
    "DataNotFound",
    "ImageData",
    "Scenes",
    "cut_windows",
    "data_root",
    "load",
    "load_folder",
    "read_image",
    "resize",
    "scenes",
    "shapes",
    "split_data",
]
