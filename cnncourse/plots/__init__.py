"""Pictures of results and arrays, in one style."""

from cnncourse.plots.style import use_style

__all__ = ["use_style"]
