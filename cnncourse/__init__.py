"""cnncourse: the package behind the course on convolutional neural networks.

Each part is imported by its own name, so that ``import cnncourse`` costs nothing and the NumPy operators
need NumPy alone:

>>> from cnncourse import ops
"""

__version__ = "0.1.0"
