"""Boxes around objects: how far two overlap, and which of many overlapping ones to keep."""

from __future__ import annotations

import numpy as np

from cnncourse.errors import message


def box_iou(boxes1, boxes2):
    """Return the intersection over union of every pair of boxes, as ``torchvision.ops.box_iou`` does.

    Parameters
    ----------
    boxes1 : ndarray of shape (N, 4)
        Left, top, right, bottom of each box, in any unit; left ≤ right and top ≤ bottom.
    boxes2 : ndarray of shape (M, 4)

    Returns
    -------
    ndarray of shape (N, M), float64
        From 0, nothing in common, to 1, the same box. Two boxes without area have 0.

    Raises
    ------
    ValueError
        If an array has another shape, or a box ends before it begins.

    Notes
    -----
    IoU(A, B) = area of A ∩ B / (area of A + area of B − area of A ∩ B).

    References
    ----------
    Everingham et al.: The Pascal visual object classes (VOC) challenge, 2010.

    Examples
    --------
    >>> box_iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [0, 0, 2, 1]])
    array([[0.33333333, 0.5       ]])
    """
    first, second = _boxes("boxes1", boxes1), _boxes("boxes2", boxes2)
    corner = np.maximum(first[:, None, :2], second[None, :, :2])
    sides = np.clip(np.minimum(first[:, None, 2:], second[None, :, 2:]) - corner, 0, None)  # (N, M, 2)
    common = sides.prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def nms(boxes, scores, iou_threshold):
    """Return which boxes non-maximum suppression keeps, as ``torchvision.ops.nms`` does.

    Parameters
    ----------
    boxes : ndarray of shape (N, 4)
        Left, top, right, bottom of each box.
    scores : ndarray of shape (N,)
        How sure the detector is of each.
    iou_threshold : float
        From 0 to 1. A box that overlaps a better one by more than this is dropped.

    Returns
    -------
    ndarray of shape (K,), int64
        Indices of the boxes that are kept, the best first.

    Raises
    ------
    ValueError
        If shapes do not fit together, or the threshold is not between 0 and 1.

    Notes
    -----
    Take the box with the highest score, drop all that overlap it too far, repeat with those that are left. Of
    two equal scores the box that comes first is taken first.

    Examples
    --------
    >>> boxes = [[0, 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10]]
    >>> nms(boxes, [0.8, 0.9, 0.7], iou_threshold=0.5)
    array([1, 2])
    """
    boxes = _boxes("boxes", boxes)
    scores = np.asarray(scores, dtype=float)
    if scores.shape != (len(boxes),):
        rule = f"must have shape ({len(boxes)},), one score a box"
        raise ValueError(message("scores", f"shape {scores.shape}", rule, "Score every box once."))
    if not 0 <= iou_threshold <= 1:
        rule = "must lie between 0 and 1, as an overlap does"
        raise ValueError(message("iou_threshold", repr(iou_threshold), rule, "0.5 is usual."))
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[box_iou(boxes[[best]], boxes[left])[0] <= iou_threshold]
    return np.array(kept, dtype=np.int64)


def match_boxes(boxes, truth, iou_threshold=0.5):
    """Say which true object each found box stands for.

    Parameters
    ----------
    boxes : ndarray of shape (N, 4)
        What was found: left, top, right, bottom, the surest first.
    truth : ndarray of shape (M, 4)
        The boxes of the objects that are there.
    iou_threshold : float, default 0.5
        The least overlap that counts as found.

    Returns
    -------
    ndarray of shape (N,), int64
        Index into `truth`, or -1 for a false alarm. Every object is given away once, to the first box that
        overlaps it enough; of several objects a box takes the one it overlaps most.

    Raises
    ------
    ValueError
        If shapes do not fit, or the threshold is not between 0 and 1.

    Examples
    --------
    >>> match_boxes([[0, 0, 9, 9], [1, 0, 10, 9], [30, 0, 40, 9]], truth=[[0, 0, 10, 9], [50, 0, 60, 9]])
    array([ 0, -1, -1])
    """
    if not 0 < iou_threshold <= 1:
        rule = "must be above 0, up to 1, to be an overlap that counts"
        raise ValueError(message("iou_threshold", repr(iou_threshold), rule, "0.5 is usual."))
    overlap = box_iou(boxes, truth)
    matched = np.full(len(overlap), -1, dtype=np.int64)
    for i, row in enumerate(overlap):
        free = np.where(np.isin(np.arange(len(row)), matched), -1.0, row)
        if len(row) and free.max() >= iou_threshold:
            matched[i] = free.argmax()
    return matched


def _boxes(argument, boxes):
    """Return the boxes as floats of shape (N, 4), or say what is wrong with them."""
    boxes = np.asarray(boxes, dtype=float)
    if boxes.size == 0 and boxes.ndim <= 2:
        return boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        rule = "must have shape (N, 4): left, top, right, bottom"
        raise ValueError(message(argument, f"shape {boxes.shape}", rule, "Put a single box into brackets."))
    wrong = np.flatnonzero((boxes[:, 2:] < boxes[:, :2]).any(axis=1))
    if len(wrong):
        name, got = f"{argument}[{wrong[0]}]", boxes[wrong[0]].tolist()
        rule = "must not have right or bottom below left or top"
        raise ValueError(message(name, got, rule, "The order is left, top, right, bottom."))
    return boxes
