"""Exercises of the chapter data_augmentation."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _flip_cases() -> list[Case]:
    rng = np.random.default_rng(120)
    small = np.arange(1.0, 13.0).reshape(2, 1, 2, 3), np.array([True, False])
    cases = [Case(small)]
    for shape, flips in (((3, 3, 4, 5), [0, 1, 1]), ((4, 2, 3, 3), [1, 0, 0, 1]), ((2, 1, 5, 2), [0, 0])):
        cases.append(Case((rng.integers(0, 256, shape), np.array(flips, bool))))
    return cases


@exercise(
    "augmentation.flip_some",
    "Mirror some of a batch",
    """
    Write `flip_some(images, flips)` for images of shape (N, C, H, W) and one flag for each: mirror left
    and right the images whose flag is set, and leave the others as they are. Do not change `images`
    itself.
    """,
    cases=_flip_cases,
)
def flip_some(images, flips):
    """Mirror the images, (N, C, H, W), whose flag is set."""
    chosen = np.reshape(flips, (-1, 1, 1, 1))
    return np.where(chosen, images[:, :, :, ::-1], images)


flip_some.mistake(
    "You mirrored all of them. Each image has its own flag.", lambda images, flips: images[:, :, :, ::-1]
)
flip_some.mistake(
    "You turned them upside down: that is the axis of the rows. The width is the last axis.",
    lambda images, flips: np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, :, ::-1], images),
)
flip_some.mistake(
    "You mirrored those whose flag is not set.",
    lambda images, flips: flip_some(images, np.logical_not(flips)),
)
flip_some.mistake(
    "You reversed the channels: red and blue are exchanged. The width is the last axis.",
    lambda images, flips: np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, ::-1], images),
)
flip_some.mistake(
    "You reversed the order of the images. The width is the last axis.",
    lambda images, flips: np.where(np.reshape(flips, (-1, 1, 1, 1)), images[::-1], images),
)
flip_some.mistake(
    "You reversed both axes, which turns the image by 180 degrees. Only the width is mirrored.",
    lambda images, flips: np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, :, ::-1, ::-1], images),
)


def _crop_cases() -> list[Case]:
    rng = np.random.default_rng(121)
    small = np.arange(1.0, 13.0).reshape(2, 1, 2, 3), 1, np.array([0, 2]), np.array([1, 0])
    cases = [Case(small)]
    for (n, c, h, w), padding in (((3, 3, 4, 5), 2), ((4, 1, 6, 3), 1), ((2, 2, 3, 3), 3)):
        top, left = rng.integers(0, 2 * padding + 1, (2, n))
        cases.append(Case((rng.integers(1, 256, (n, c, h, w)), padding, top, left)))
    return cases


@exercise(
    "augmentation.crop_padded",
    "A crop of the old size",
    """
    Write `crop_padded(images, padding, top, left)` for images of shape (N, C, H, W): put `padding` pixels
    of 0 around each image, and cut out a window of the old size. `top[n]` and `left[n]` are row and
    column, in the padded image, where the window of image n begins.
    """,
    cases=_crop_cases,
)
def crop_padded(images, padding, top, left):
    """Pad with zeros, then cut each image at its own place."""
    height, width = images.shape[2:]
    frame = (0, 0), (0, 0), (padding, padding), (padding, padding)
    padded = np.pad(images, frame)
    windows = []
    for image, y, x in zip(padded, top, left):
        windows.append(image[:, y : y + height, x : x + width])
    return np.stack(windows)


@crop_padded.mistake("All windows begin at the same place. Each has its own.")
def one_place_for_all(images, padding, top, left):
    return crop_padded(images, padding, np.full(len(images), top[0]), np.full(len(images), left[0]))


crop_padded.mistake(
    "Rows and columns are exchanged: `top` belongs to axis 2, `left` to axis 3.",
    lambda images, padding, top, left: crop_padded(images, padding, left, top),
)


@crop_padded.mistake("Your images move the wrong way. Offset 0 shows the padding at the top and at the left.")
def places_from_the_centre(images, padding, top, left):
    return crop_padded(images, padding, 2 * padding - np.array(top), 2 * padding - np.array(left))


@crop_padded.mistake("The frame repeats the border. It is to be 0.")
def border_repeated(images, padding, top, left):
    height, width = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    return np.stack([p[:, y : y + height, x : x + width] for p, y, x in zip(padded, top, left)])


@crop_padded.mistake("What leaves on one side comes in on the other. Zeros are to come in.")
def comes_round_the_other_side(images, padding, top, left):
    return np.stack(
        [np.roll(p, (padding - y, padding - x), axis=(1, 2)) for p, y, x in zip(images, top, left)]
    )


@crop_padded.mistake("This is the padded image. Cut a window of the old size out of it.")
def window_of_the_padded_size(images, padding, top, left):
    return np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _mixup_cases() -> list[Case]:
    rng = np.random.default_rng(122)
    small = np.array([1.0, 5.0, 9.0]).reshape(3, 1, 1, 1), np.array([0, 1, 2]), 0.75, 4
    cases = [Case(small)]
    for (n, c, h, w), share, classes in (((4, 3, 2, 3), 0.9, 5), ((3, 1, 4, 2), 0.3, 3)):
        labels = rng.permutation(classes)[:n] if classes >= n else rng.integers(0, classes, n)
        cases.append(Case((rng.normal(size=(n, c, h, w)), labels, share, classes)))
    return cases


@exercise(
    "augmentation.mixup",
    "Two pictures, one label",
    """
    Write `mixup(images, labels, share, num_classes)`: blend each image of the batch with the one before
    it (the first with the last), `share` of itself and 1 − `share` of the other. Return the images, and
    the targets of shape (N, K): for each image the share of each class.
    """,
    cases=_mixup_cases,
)
def mixup(images, labels, share, num_classes):
    """Blend each image, and its label, with the one before it."""
    one_hot = np.eye(num_classes)[labels]
    mixed = share * images + (1 - share) * np.roll(images, 1, axis=0)
    targets = share * one_hot + (1 - share) * np.roll(one_hot, 1, axis=0)
    return mixed, targets


@mixup.mistake(
    "The images are blended, the labels are not. A picture that is a quarter dog is a quarter dog."
)
def labels_left_as_they_are(images, labels, share, num_classes):
    return mixup(images, labels, share, num_classes)[0], np.eye(num_classes)[labels]


mixup.mistake(
    "The shares are exchanged: `share` is the part of the image itself.",
    lambda images, labels, share, num_classes: mixup(images, labels, 1 - share, num_classes),
)


@mixup.mistake("Images and labels are blended in opposite shares. Use the same for both.")
def labels_the_other_way_round(images, labels, share, num_classes):
    return mixup(images, labels, share, num_classes)[0], mixup(images, labels, 1 - share, num_classes)[1]


@mixup.mistake("You took the next image. `np.roll` by +1 puts the one before into each place.")
def with_the_next_one(images, labels, share, num_classes):
    one_hot = np.eye(num_classes)[labels]
    return (
        share * images + (1 - share) * np.roll(images, -1, axis=0),
        share * one_hot + (1 - share) * np.roll(one_hot, -1, axis=0),
    )


@mixup.mistake("`np.roll` without an axis shifts all pixels in one long row. Roll along axis 0.")
def everything_rolled(images, labels, share, num_classes):
    one_hot = np.eye(num_classes)[labels]
    mixed = share * images + (1 - share) * np.roll(images, 1)
    return mixed, share * one_hot + (1 - share) * np.roll(one_hot, 1, axis=0)


@mixup.mistake(
    "You blended the numbers of the classes: halfway between class 2 and class 4 is not class 3. Blend "
    "one-hot rows."
)
def numbers_of_the_labels_mixed(images, labels, share, num_classes):
    mixed = mixup(images, labels, share, num_classes)[0]
    return mixed, share * labels + (1 - share) * np.roll(labels, 1)
