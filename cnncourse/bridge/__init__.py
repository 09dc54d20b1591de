"""Between NumPy and torch: weights move both ways, and a torch network runs on the operators of this course.

The cost and the output shape of each layer of a torch network stand in `cnncourse.models.summary`.
"""

from cnncourse.bridge.forward import numpy_forward
from cnncourse.bridge.state import to_numpy, to_torch

__all__ = ["numpy_forward", "to_numpy", "to_torch"]
