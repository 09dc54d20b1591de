"""Between NumPy and torch: weights move both ways, and a torch network runs on NumPy operators."""

from cnncourse.bridge.forward import numpy_forward
from cnncourse.bridge.state import to_numpy, to_torch

__all__ = ["numpy_forward", "to_numpy", "to_torch"]
