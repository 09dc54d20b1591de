"""Pictures of results and arrays in one style, and the same in words.

Each ``plot_x`` draws into one matplotlib Axes and returns it; each ``describe_x`` says what it shows.
``Picture(plot_x(data), describe_x(data))`` puts the two together.
"""

from cnncourse.plots.architecture import describe_architecture, plot_architecture
from cnncourse.plots.boxes import describe_boxes, plot_boxes
from cnncourse.plots.branches import describe_branches, plot_branches
from cnncourse.plots.confusion import plot_confusion
from cnncourse.plots.describe import (
    describe_confusion,
    describe_feature_maps,
    describe_filters,
    describe_grid,
    describe_history,
    describe_images,
    describe_mistakes,
)
from cnncourse.plots.dots import describe_dots, plot_dots
from cnncourse.plots.history import plot_history
from cnncourse.plots.images import (
    plot_feature_maps,
    plot_filters,
    plot_images,
    plot_mistakes,
    worst_mistakes,
)
from cnncourse.plots.maps import describe_maps, plot_maps
from cnncourse.plots.picture import Picture
from cnncourse.plots.style import use_style
from cnncourse.plots.windows import plot_grid, plot_window

__all__ = [
    "Picture",
    "describe_architecture",
    "describe_boxes",
    "describe_branches",
    "describe_confusion",
    "describe_dots",
    "describe_feature_maps",
    "describe_filters",
    "describe_grid",
    "describe_history",
    "describe_images",
    "describe_maps",
    "describe_mistakes",
    "plot_architecture",
    "plot_boxes",
    "plot_branches",
    "plot_confusion",
    "plot_dots",
    "plot_feature_maps",
    "plot_filters",
    "plot_grid",
    "plot_history",
    "plot_images",
    "plot_maps",
    "plot_mistakes",
    "plot_window",
    "use_style",
    "worst_mistakes",
]
