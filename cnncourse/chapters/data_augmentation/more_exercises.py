"""More exercises of the chapter data_augmentation: places, light and holes."""

import numpy as np

from cnncourse.course.exercises import Case, exercise


def _about(x, y, angle, centre_x, centre_y):
    turn = np.deg2rad(angle)
    dx, dy = x - centre_x, y - centre_y
    return (
        np.cos(turn) * dx + np.sin(turn) * dy + centre_x,
        -np.sin(turn) * dx + np.cos(turn) * dy + centre_y,
    )


def _source_cases() -> list[Case]:
    values = (6, 1, 90, 8, 5), (0, 0, 30, 5, 5), (3, 7, -45, 9, 12), (2, 2, 10, 28, 28), (4.5, 1, 180, 6, 3)
    return [Case(args) for args in values]


@exercise(
    "augmentation.source_pixel",
    "Where does a turned pixel come from?",
    """
    An image of `width` × `height` pixels is turned clockwise by `angle` degrees about its centre, which
    lies at column (width − 1)/2 and row (height − 1)/2. Write `source_pixel(x, y, angle, width, height)`:
    the column and the row of the old image that the new pixel at column x, row y shows. Rows count
    downwards. At an angle of 90 the new right edge shows the old top edge.
    """,
    cases=_source_cases,
)
def source_pixel(x, y, angle, width, height):
    """Column and row that the new pixel at (x, y) comes from."""
    turn = np.deg2rad(angle)
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    dx, dy = x - centre_x, y - centre_y
    from_x = np.cos(turn) * dx + np.sin(turn) * dy + centre_x
    from_y = -np.sin(turn) * dx + np.cos(turn) * dy + centre_y
    return from_x, from_y


source_pixel.mistake(
    "You turned the wrong way. This is where an old pixel goes to; asked is where a new one comes from.",
    lambda x, y, angle, width, height: source_pixel(x, y, -angle, width, height),
)


@source_pixel.mistake(
    "You turn about the upper left corner. Measure from the centre first, and add it again."
)
def about_the_corner(x, y, angle, width, height):
    turn = np.deg2rad(angle)
    return np.cos(turn) * x + np.sin(turn) * y, -np.sin(turn) * x + np.cos(turn) * y


@source_pixel.mistake("Your centre is half a pixel off: the middle of 5 columns, 0 to 4, is column 2.")
def half_a_pixel_off(x, y, angle, width, height):
    return tuple(part + 0.0 for part in _about(x, y, angle, width / 2, height / 2))


source_pixel.mistake(
    "The angle is in degrees. `np.cos` wants radians.",
    lambda x, y, angle, width, height: source_pixel(x, y, np.rad2deg(angle), width, height),
)
source_pixel.mistake(
    "The numbers are right, in the wrong order: first the column, then the row.",
    lambda x, y, angle, width, height: source_pixel(x, y, angle, width, height)[::-1],
)


@source_pixel.mistake("You measure from the centre. Add it again to get column and row.")
def centre_not_added(x, y, angle, width, height):
    from_x, from_y = source_pixel(x, y, angle, width, height)
    return from_x - (width - 1) / 2, from_y - (height - 1) / 2


def _brighten_cases() -> list[Case]:
    rng = np.random.default_rng(123)
    small = np.array([[10, 100], [201, 255]], np.uint8), 1.5
    cases = [Case(small)]
    for shape, factor in (((3, 4, 5), 2.0), ((6, 6), 0.33), ((2, 3), 1.27)):
        cases.append(Case((rng.integers(0, 256, shape, dtype=np.uint8), factor)))
    return cases


@exercise(
    "augmentation.brighten",
    "More light, in bytes",
    """
    `image` is of type uint8. Write `brighten(image, factor)`: multiply each pixel by the factor, cut off
    what lies above 255, cut the decimals off, and return uint8.
    """,
    cases=_brighten_cases,
)
def brighten(image, factor):
    """Brighten an image of type uint8, without wrapping around."""
    return np.clip(image * float(factor), 0, 255).astype(np.uint8)


brighten.mistake(
    "Bright pixels turn dark: 300 does not fit into a byte and becomes 44. Clip before you convert.",
    lambda image, factor: (image * float(factor)).astype(int).astype(np.uint8),
)
brighten.mistake(
    "Nothing is cut off: values above 255 and decimals are left.", lambda image, factor: image * float(factor)
)
brighten.mistake(
    "You added light. A factor multiplies, so black stays black.",
    lambda image, factor: np.clip(image.astype(float) + 255 * (factor - 1), 0, 255).astype(np.uint8),
)
brighten.mistake(
    "You clip at 1. Bytes go up to 255.",
    lambda image, factor: np.clip(image * float(factor), 0, 1).astype(np.uint8),
)


@brighten.mistake("You scale the whole image down until it fits. Only what is too bright is cut off.")
def scaled_to_fit(image, factor):
    light = image * float(factor)
    return (light * min(1, 255 / light.max())).astype(np.uint8)


brighten.mistake(
    "You round up. The decimals are cut off.",
    lambda image, factor: np.ceil(np.clip(image * float(factor), 0, 255)).astype(np.uint8),
)


def _normalise_cases() -> list[Case]:
    rng = np.random.default_rng(124)
    cases = []
    for (n, m), (c, h, w) in (((4, 3), (2, 3, 3)), ((5, 2), (3, 2, 4)), ((3, 6), (1, 4, 4))):
        level = rng.uniform(20, 200, (1, c, 1, 1))
        sets = [level + shift + 30 * rng.normal(size=(k, c, h, w)) for k, shift in ((n, 0), (m, 15))]
        cases.append(Case(tuple(sets)))
    return cases


@exercise(
    "augmentation.normalise_both",
    "Whose mean?",
    """
    Write `normalise_both(training, validation)` for two sets of images of shape (N, C, H, W), as floats:
    subtract the mean of each channel and divide by its standard deviation. The network will learn from
    `training` only. Return both sets.
    """,
    cases=_normalise_cases,
)
def normalise_both(training, validation):
    """Normalise both sets by the channels of the first."""
    mean = training.mean(axis=(0, 2, 3), keepdims=True)
    std = training.std(axis=(0, 2, 3), keepdims=True)
    return (training - mean) / std, (validation - mean) / std


@normalise_both.mistake(
    "Each set got its own statistics. The network would see the same picture differently in the two."
)
def each_by_itself(training, validation):
    return normalise_both(training, training)[0], normalise_both(validation, validation)[0]


@normalise_both.mistake(
    "The validation pictures had a say in the mean. Take it from the training part alone."
)
def both_together(training, validation):
    whole = normalise_both(np.concatenate([training, validation]), training)[0]
    return whole[: len(training)], whole[len(training) :]


@normalise_both.mistake("The statistics are those of the validation part. Take them from the training part.")
def by_the_validation_part(training, validation):
    second, first = normalise_both(validation, training)
    return first, second


normalise_both.mistake(
    "The validation part is not normalised. The network expects it as it learned it.",
    lambda training, validation: (normalise_both(training, validation)[0], validation),
)


@normalise_both.mistake("All channels got the same mean. Each has its own.")
def channels_together(training, validation):
    mean, std = training.mean(), training.std()
    return (training - mean) / std, (validation - mean) / std


@normalise_both.mistake("Each pixel got a mean of its own. All pixels of a channel share theirs.")
def each_pixel_by_itself(training, validation):
    mean, std = training.mean(axis=0), training.std(axis=0)
    return (training - mean) / std, (validation - mean) / std


def _cutout_cases() -> list[Case]:
    rng = np.random.default_rng(125)
    small = np.ones((2, 1, 4, 4)), np.array([0, 2]), np.array([1, 3]), 3
    cases = [Case(small)]
    for (n, c, h, w), side in (((3, 3, 6, 5), 2), ((2, 2, 5, 7), 4), ((3, 1, 4, 4), 1)):
        row, column = rng.integers(0, h, n), rng.integers(0, w, n)
        cases.append(Case((rng.integers(1, 256, (n, c, h, w)), row, column, side)))
    return cases


@exercise(
    "augmentation.cutout",
    "A hole in each picture",
    """
    Write `cutout(images, row, column, side)` for images of shape (N, C, H, W): set a square of `side` ×
    `side` pixels to 0 in each image, in all channels. It begins `side // 2` pixels above `row[n]` and to
    the left of `column[n]`. What sticks out of the image is left away. Do not change `images` itself.
    """,
    cases=_cutout_cases,
)
def cutout(images, row, column, side):
    """Set a square around (row, column) of each image to zero; it may stick out."""
    out = images.copy()
    for n in range(len(images)):
        top, left = row[n] - side // 2, column[n] - side // 2
        rows = slice(max(top, 0), max(top + side, 0))
        columns = slice(max(left, 0), max(left + side, 0))
        out[n, :, rows, columns] = 0
    return out


@cutout.mistake("All images got the same hole. Each has its own place.")
def one_square_for_all(images, row, column, side):
    return cutout(images, np.full(len(images), row[0]), np.full(len(images), column[0]), side)


@cutout.mistake("You took the place for the corner of the square. It is the middle.")
def corner_for_the_centre(images, row, column, side):
    return cutout(images, np.array(row) + side // 2, np.array(column) + side // 2, side)


@cutout.mistake("You pushed the square back into the image. At the border the hole gets smaller.")
def moved_back_inside(images, row, column, side):
    height, width = images.shape[2:]
    half = side // 2
    rows = np.clip(row, half, height - side + half)
    return cutout(images, rows, np.clip(column, half, width - side + half), side)


@cutout.mistake(
    "You begin at 0 where the square sticks out, and still take the whole side. Its end stays where it was,"
    " so the hole gets smaller."
)
def end_not_cut_off(images, row, column, side):
    out = images.copy()
    for n in range(len(images)):
        top, left = max(row[n] - side // 2, 0), max(column[n] - side // 2, 0)
        out[n, :, top : top + side, left : left + side] = 0
    return out


@cutout.mistake("Only the first channel has a hole. All channels get it.")
def first_channel_only(images, row, column, side):
    out = images.copy()
    out[:, :1] = cutout(images, row, column, side)[:, :1]
    return out


@cutout.mistake("A negative start counts from the end of the axis, so the slice is empty. Begin at 0 then.")
def counts_from_the_end(images, row, column, side):
    out = images.copy()
    for n in range(len(images)):
        top, left = row[n] - side // 2, column[n] - side // 2
        out[n, :, top : top + side, left : left + side] = 0
    return out


cutout.mistake(
    "You kept the square and removed the rest.",
    lambda images, row, column, side: images - cutout(images, row, column, side),
)
