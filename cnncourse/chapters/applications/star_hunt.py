"""A detector looks for stars: explorer and quest, drawn from stored scores without torch."""

from __future__ import annotations

import base64
import functools
import io
from types import SimpleNamespace

import numpy as np
from matplotlib.patches import Rectangle

from cnncourse import ops
from cnncourse.course.explorers import explorer, quest
from cnncourse.course.pixels import draw_levels
from cnncourse.course.runs import stored
from cnncourse.plots import style

_OVERLAP = 0.3  # of the explorer, where only the threshold moves


def segmentation_runs():
    """Return the IoU of stored segmentation networks, a row for each seed."""
    return {name: [run["iou"] for run in runs] for name, runs in stored("scenes")["segmentation"].items()}


@functools.lru_cache(maxsize=1)
def stored_hunt():
    """Return what the detector of ``benchmarks/scenes.py`` said about one scene, and how it did on others."""
    from PIL import Image

    found = stored("scenes")
    counted, drawn = found["stars"], found["drawn"]
    picture = Image.open(io.BytesIO(base64.b64decode(drawn["picture"]))).convert("RGB")
    return SimpleNamespace(
        picture=np.asarray(picture),
        stars=np.array(drawn["stars"]),  # left, top, right, bottom in pixels
        # probability of a star in the window that begins at `stride` times row and column
        scores=np.array(drawn["scores"]) / 1000,
        window=drawn["window"],
        stride=drawn["stride"],
        thresholds=tuple(counted["thresholds"]),
        overlaps=tuple(counted["overlaps"]),
        # on the other scenes, by threshold and overlap
        scenes=counted["scenes"],
        total=counted["stars"],
        hits=np.array(counted["hits"]),
        false_alarms=np.array(counted["false_alarms"]),
    )


def detections(threshold, overlap):
    """Return what the detector finds in the stored scene, and what of it is right."""
    hunt = stored_hunt()
    rows, columns = np.nonzero(hunt.scores >= threshold)
    corners = hunt.stride * np.stack([columns, rows], axis=1)
    boxes = np.hstack([corners, corners + hunt.window])
    kept = boxes[ops.nms(boxes, hunt.scores[rows, columns], overlap)]
    return kept, ops.match_boxes(kept, hunt.stars)


def precision_recall(overlap=_OVERLAP):
    """Return precision and recall on the other scenes, one number for each stored threshold."""
    hunt = stored_hunt()
    column = hunt.overlaps.index(overlap)
    hits, alarms = hunt.hits[:, column], hunt.false_alarms[:, column]
    return hits / (hits + alarms), hits / hunt.total


def _counts(threshold, overlap):
    boxes, matched = detections(threshold, overlap)
    found = int((matched >= 0).sum())
    return found, len(boxes) - found, len(stored_hunt().stars) - found


def _index(threshold):
    hunt = stored_hunt()
    if threshold not in hunt.thresholds:
        raise ValueError(
            f"threshold: got {threshold!r}, but those that were counted are {list(hunt.thresholds)}. "
            "Choose one of them."
        )
    return hunt.thresholds.index(threshold)


def _threshold_alt(threshold):
    precision, recall = (values[_index(threshold)] for values in precision_recall())
    found, alarms, missed = _counts(threshold, _OVERLAP)
    return (
        f"Threshold {threshold:g}: in this scene {found} of {found + missed} stars are found, with {alarms} "
        f"false alarms. On {stored_hunt().scenes} other scenes: precision {100 * precision:.0f} %, recall "
        f"{100 * recall:.1f} %."
    )


@explorer(
    "A threshold decides what counts as found",
    _threshold_alt,
    start={"threshold": 0.5},
    threshold=[0.02, 0.3, 0.5, 0.9, 0.98, 0.99, 0.999],
)
def star_threshold(threshold):
    """Draw what the detector finds at a threshold, and where that stands on the curve of all thresholds."""
    here = _index(threshold)
    found, alarms, missed = _counts(threshold, _OVERLAP)
    fig, ax = style.canvas(480, 322)
    ax.text(12, 20, "One scene", fontsize=11.5, fontweight="bold", va="center")
    _draw_scene(ax, threshold, _OVERLAP, 12, 36, 2.25)
    ax.text(
        12,
        272,
        f"{found} of {found + missed} stars found",
        fontsize=11.5,
        va="center",
        color=style.GREEN_TEXT,
    )
    ax.text(12, 296, f"{alarms} false alarms", fontsize=11.5, va="center", color=style.RED_TEXT)
    ax.text(252, 20, f"{stored_hunt().scenes} other scenes", fontsize=11.5, fontweight="bold", va="center")
    precision, recall = precision_recall()
    curve = fig.add_axes((302 / 480, 1 - 240 / 322, 162 / 480, 198 / 322))
    curve.plot(100 * recall, 100 * precision, color=style.BLUE, marker="o", markersize=4)
    curve.plot(100 * recall[here], 100 * precision[here], color=style.RED, marker="o", markersize=11)
    curve.set(xlim=(74, 102), ylim=(0, 104), xticks=[80, 90, 100], yticks=[0, 50, 100])
    curve.set_xlabel("recall, %", labelpad=2)
    curve.set_ylabel("precision, %", labelpad=2)
    curve.grid()
    text = f"precision {100 * precision[here]:.0f} %, recall {100 * recall[here]:.0f} %"
    ax.text(468, 296, text, fontsize=11, va="center", ha="right")
    return fig


def _draw_scene(ax, threshold, overlap, x, y, pixel):
    """Draw the scene: green frames for stars found, red ones for false alarms, dots for stars missed."""
    hunt = stored_hunt()
    draw_levels(ax, hunt.picture, None, (0, 255), x, y, pixel)
    boxes, matched = detections(threshold, overlap)
    missed = np.delete(hunt.stars, matched[matched >= 0], axis=0)
    for some, colour, line in (
        (missed, style.ORANGE, ":"),
        (boxes[matched < 0], style.RED, "--"),
        (boxes[matched >= 0], style.GREEN, "-"),
    ):
        for left, top, right, bottom in some:
            corner = x + left * pixel, y + top * pixel
            size = (right - left) * pixel, (bottom - top) * pixel
            # A dark line below, so that the frame is seen on any paper.
            for edge, width, style_of_line in ((style.INK, 3.6, "-"), (colour, 2.2, line)):
                ax.add_patch(
                    Rectangle(
                        corner, *size, fill=False, edgecolor=edge, linewidth=width, linestyle=style_of_line
                    )
                )


def _hunt_alt(threshold, overlap):
    found, alarms, missed = _counts(threshold, overlap)
    return (
        f"Threshold {threshold:g}, overlap {overlap:g}: {found + alarms} boxes; {found} of "
        f"{found + missed} stars found, {alarms} false alarms."
    )


@explorer("Find all stars, and nothing else", _hunt_alt)
def star_boxes(threshold, overlap):
    """Draw what the detector finds in the stored scene at a threshold and an overlap."""
    found, alarms, missed = _counts(threshold, overlap)
    fig, ax = style.canvas(480, 312)
    _draw_scene(ax, threshold, overlap, 12, 12, 3)
    lines = [
        (f"{found} stars found", style.GREEN, "-"),
        (f"{missed} stars missed", style.ORANGE, ":"),
        (f"{alarms} false alarms", style.RED, "--"),
    ]
    for row, (text, colour, line) in enumerate(lines):
        y = 40 + 34 * row
        for edge, width, style_of_line in ((style.INK, 3.6, "-"), (colour, 2.2, line)):
            ax.plot([314, 338], [y, y], color=edge, linewidth=width, linestyle=style_of_line)
        ax.text(348, y, text, fontsize=11.5, va="center")
    ax.text(314, 160, f"{found + alarms} boxes drawn", fontsize=11.5, va="center", color=style.MUTED)
    return fig


def stars_found(threshold, overlap):
    """Return whether all stars are found without a false alarm, and a hint."""
    found, alarms, missed = _counts(threshold, overlap)
    if not missed and not alarms:
        return True, f"All {found}, each once, although two stand so close that their windows overlap."
    if missed and _counts(threshold, 1.0)[2] == 0:
        return False, "A star was dropped for its neighbour: their windows overlap a little. Allow more."
    if missed:
        return False, "A star scores below the threshold."
    if _counts(threshold, 0.3)[1] == 0:
        return False, "Some stars are found twice. Those boxes overlap far: allow less overlap."
    return False, "Boxes stand where no star is. Do they score too low, or overlap another box too far?"


def find_the_stars():
    """Show the quest: find a threshold and an overlap that give each star one box."""
    quest(
        star_boxes,
        stars_found,
        prompt="Set threshold and overlap so that every star gets one box, and nothing else gets one.",
        threshold=[0.1, 0.5, 0.95, 0.995],
        overlap=[0.0, 0.1, 0.3, 0.5, 0.7, 1.0],
    )
