"""Exercises of chapter 12_data_augmentation."""

import numpy as np

from .answers import augmentation as answers
from .exercise import Case, Exercise, Mistake


def _flip_cases() -> list[Case]:
    rng = np.random.default_rng(120)
    small = np.arange(1.0, 13.0).reshape(2, 1, 2, 3), np.array([True, False])
    cases = [Case(small)]
    for shape, flips in (((3, 3, 4, 5), [0, 1, 1]), ((4, 2, 3, 3), [1, 0, 0, 1]), ((2, 1, 5, 2), [0, 0])):
        cases.append(Case((rng.integers(0, 256, shape), np.array(flips, bool))))
    return cases


def _crop_cases() -> list[Case]:
    rng = np.random.default_rng(121)
    small = np.arange(1.0, 13.0).reshape(2, 1, 2, 3), 1, np.array([0, 2]), np.array([1, 0])
    cases = [Case(small)]
    for (n, c, h, w), padding in (((3, 3, 4, 5), 2), ((4, 1, 6, 3), 1), ((2, 2, 3, 3), 3)):
        top, left = rng.integers(0, 2 * padding + 1, (2, n))
        cases.append(Case((rng.integers(1, 256, (n, c, h, w)), padding, top, left)))
    return cases


def _mixup_cases() -> list[Case]:
    rng = np.random.default_rng(122)
    small = np.array([1.0, 5.0, 9.0]).reshape(3, 1, 1, 1), np.array([0, 1, 2]), 0.75, 4
    cases = [Case(small)]
    for (n, c, h, w), share, classes in (((4, 3, 2, 3), 0.9, 5), ((3, 1, 4, 2), 0.3, 3)):
        labels = rng.permutation(classes)[:n] if classes >= n else rng.integers(0, classes, n)
        cases.append(Case((rng.normal(size=(n, c, h, w)), labels, share, classes)))
    return cases


def _source_cases() -> list[Case]:
    values = (6, 1, 90, 8, 5), (0, 0, 30, 5, 5), (3, 7, -45, 9, 12), (2, 2, 10, 28, 28), (4.5, 1, 180, 6, 3)
    return [Case(args) for args in values]


def _brighten_cases() -> list[Case]:
    rng = np.random.default_rng(123)
    small = np.array([[10, 100], [201, 255]], np.uint8), 1.5
    cases = [Case(small)]
    for shape, factor in (((3, 4, 5), 2.0), ((6, 6), 0.33), ((2, 3), 1.27)):
        cases.append(Case((rng.integers(0, 256, shape, dtype=np.uint8), factor)))
    return cases


def _normalise_cases() -> list[Case]:
    rng = np.random.default_rng(124)
    cases = []
    for (n, m), (c, h, w) in (((4, 3), (2, 3, 3)), ((5, 2), (3, 2, 4)), ((3, 6), (1, 4, 4))):
        level = rng.uniform(20, 200, (1, c, 1, 1))
        sets = [level + shift + 30 * rng.normal(size=(k, c, h, w)) for k, shift in ((n, 0), (m, 15))]
        cases.append(Case(tuple(sets)))
    return cases


def _cutout_cases() -> list[Case]:
    rng = np.random.default_rng(125)
    small = np.ones((2, 1, 4, 4)), np.array([0, 2]), np.array([1, 3]), 3
    cases = [Case(small)]
    for (n, c, h, w), side in (((3, 3, 6, 5), 2), ((2, 2, 5, 7), 4), ((3, 1, 4, 4), 1)):
        row, column = rng.integers(0, h, n), rng.integers(0, w, n)
        cases.append(Case((rng.integers(1, 256, (n, c, h, w)), row, column, side)))
    return cases


EXERCISES = (
    Exercise(
        name="augmentation.flip_some",
        title="Mirror some of a batch",
        prompt=(
            "Write `flip_some(images, flips)` for images of shape (N, C, H, W) and one flag for each: mirror "
            "left and right the images whose flag is set, and leave the others as they are. Do not change "
            "`images` itself."
        ),
        reference=answers.flip_some,
        cases=_flip_cases,
        mistakes=(
            Mistake(answers.flips_all, "You mirrored all of them. Each image has its own flag."),
            Mistake(
                answers.flips_upside_down,
                "You turned them upside down: that is the axis of the rows. The width is the last axis.",
            ),
            Mistake(answers.flips_the_others, "You mirrored those whose flag is not set."),
            Mistake(
                answers.flips_the_channels,
                "You reversed the channels: red and blue are exchanged. The width is the last axis.",
            ),
            Mistake(
                answers.flips_the_batch,
                "You reversed the order of the images. The width is the last axis.",
            ),
            Mistake(
                answers.turns_half_round,
                "You reversed both axes, which turns the image by 180 degrees. Only the width is mirrored.",
            ),
        ),
    ),
    Exercise(
        name="augmentation.crop_padded",
        title="A crop of the old size",
        prompt=(
            "Write `crop_padded(images, padding, top, left)` for images of shape (N, C, H, W): put `padding` "
            "pixels of 0 around each image, and cut out a window of the old size. `top[n]` and `left[n]` are "
            "row and column, in the padded image, where the window of image n begins."
        ),
        reference=answers.crop_padded,
        cases=_crop_cases,
        mistakes=(
            Mistake(answers.one_place_for_all, "All windows begin at the same place. Each has its own."),
            Mistake(
                answers.top_and_left_exchanged,
                "Rows and columns are exchanged: `top` belongs to axis 2, `left` to axis 3.",
            ),
            Mistake(
                answers.places_from_the_centre,
                "Your images move the wrong way. Offset 0 shows the padding at the top and at the left.",
            ),
            Mistake(answers.border_repeated, "The frame repeats the border. It is to be 0."),
            Mistake(
                answers.comes_round_the_other_side,
                "What leaves on one side comes in on the other. Zeros are to come in.",
            ),
            Mistake(
                answers.window_of_the_padded_size,
                "This is the padded image. Cut a window of the old size out of it.",
            ),
        ),
    ),
    Exercise(
        name="augmentation.mixup",
        title="Two pictures, one label",
        prompt=(
            "Write `mixup(images, labels, share, num_classes)`: blend each image of the batch with the one "
            "before it (the first with the last), `share` of itself and 1 − `share` of the other. Return the "
            "images, and the targets of shape (N, K): for each image the share of each class."
        ),
        reference=answers.mixup,
        cases=_mixup_cases,
        mistakes=(
            Mistake(
                answers.labels_left_as_they_are,
                "The images are blended, the labels are not. A picture that is a quarter dog is a quarter "
                "dog.",
            ),
            Mistake(
                answers.shares_exchanged, "The shares are exchanged: `share` is the part of the image itself."
            ),
            Mistake(
                answers.labels_the_other_way_round,
                "Images and labels are blended in opposite shares. Use the same for both.",
            ),
            Mistake(
                answers.with_the_next_one,
                "You took the next image. `np.roll` by +1 puts the one before into each place.",
            ),
            Mistake(
                answers.everything_rolled,
                "`np.roll` without an axis shifts all pixels in one long row. Roll along axis 0.",
            ),
            Mistake(
                answers.numbers_of_the_labels_mixed,
                "You blended the numbers of the classes: halfway between class 2 and class 4 is not class "
                "3. Blend one-hot rows.",
            ),
        ),
    ),
    Exercise(
        name="augmentation.source_pixel",
        title="Where does a turned pixel come from?",
        prompt=(
            "An image of `width` × `height` pixels is turned clockwise by `angle` degrees about its "
            "centre, which lies at column (width − 1)/2 and row (height − 1)/2. Write `source_pixel(x, y, "
            "angle, width, height)`: the column and the row of the old image that the new pixel at column "
            "x, row y shows. Rows count downwards. At an angle of 90 the new right edge shows the old top "
            "edge."
        ),
        reference=answers.source_pixel,
        cases=_source_cases,
        mistakes=(
            Mistake(
                answers.where_it_goes,
                "You turned the wrong way. This is where an old pixel goes to; asked is where a new one "
                "comes from.",
            ),
            Mistake(
                answers.about_the_corner,
                "You turn about the upper left corner. Measure from the centre first, and add it again.",
            ),
            Mistake(
                answers.half_a_pixel_off,
                "Your centre is half a pixel off: the middle of 5 columns, 0 to 4, is column 2.",
            ),
            Mistake(
                answers.degrees_as_radians,
                "The angle is in degrees. `np.cos` wants radians.",
            ),
            Mistake(
                answers.rows_first,
                "The numbers are right, in the wrong order: first the column, then the row.",
            ),
            Mistake(
                answers.centre_not_added, "You measure from the centre. Add it again to get column and row."
            ),
        ),
    ),
    Exercise(
        name="augmentation.brighten",
        title="More light, in bytes",
        prompt=(
            "`image` is of type uint8. Write `brighten(image, factor)`: multiply each pixel by the "
            "factor, cut off what lies above 255, cut the decimals off, and return uint8."
        ),
        reference=answers.brighten,
        cases=_brighten_cases,
        mistakes=(
            Mistake(
                answers.wraps_around,
                "Bright pixels turn dark: 300 does not fit into a byte and becomes 44. Clip before you "
                "convert.",
            ),
            Mistake(answers.not_clipped, "Nothing is cut off: values above 255 and decimals are left."),
            Mistake(answers.added_light, "You added light. A factor multiplies, so black stays black."),
            Mistake(answers.clipped_at_one, "You clip at 1. Bytes go up to 255."),
            Mistake(
                answers.scaled_to_fit,
                "You scale the whole image down until it fits. Only what is too bright is cut off.",
            ),
            Mistake(answers.rounded_up, "You round up. The decimals are cut off."),
        ),
    ),
    Exercise(
        name="augmentation.normalise_both",
        title="Whose mean?",
        prompt=(
            "Write `normalise_both(training, validation)` for two sets of images of shape (N, C, H, W), "
            "as floats: subtract the mean of each channel and divide by its standard deviation. The "
            "network will learn from `training` only. Return both sets."
        ),
        reference=answers.normalise_both,
        cases=_normalise_cases,
        mistakes=(
            Mistake(
                answers.each_by_itself,
                "Each set got its own statistics. The network would see the same picture differently in "
                "the two.",
            ),
            Mistake(
                answers.both_together,
                "The validation pictures had a say in the mean. Take it from the training part alone.",
            ),
            Mistake(
                answers.by_the_validation_part,
                "The statistics are those of the validation part. Take them from the training part.",
            ),
            Mistake(
                answers.validation_left_as_it_is,
                "The validation part is not normalised. The network expects it as it learned it.",
            ),
            Mistake(answers.channels_together, "All channels got the same mean. Each has its own."),
            Mistake(
                answers.each_pixel_by_itself,
                "Each pixel got a mean of its own. All pixels of a channel share theirs.",
            ),
        ),
    ),
    Exercise(
        name="augmentation.cutout",
        title="A hole in each picture",
        prompt=(
            "Write `cutout(images, row, column, side)` for images of shape (N, C, H, W): set a square of "
            "`side` × `side` pixels to 0 in each image, in all channels. It begins `side // 2` pixels "
            "above `row[n]` and to the left of `column[n]`. What sticks out of the image is left away. Do "
            "not change `images` itself."
        ),
        reference=answers.cutout,
        cases=_cutout_cases,
        mistakes=(
            Mistake(answers.one_square_for_all, "All images got the same hole. Each has its own place."),
            Mistake(
                answers.corner_for_the_centre,
                "You took the place for the corner of the square. It is the middle.",
            ),
            Mistake(
                answers.moved_back_inside,
                "You pushed the square back into the image. At the border the hole gets smaller.",
            ),
            Mistake(
                answers.end_not_cut_off,
                "You begin at 0 where the square sticks out, and still take the whole side. Its end stays "
                "where it was, so the hole gets smaller.",
            ),
            Mistake(answers.first_channel_only, "Only the first channel has a hole. All channels get it."),
            Mistake(
                answers.counts_from_the_end,
                "A negative start counts from the end of the axis, so the slice is empty. Begin at 0 then.",
            ),
            Mistake(answers.all_but_the_square, "You kept the square and removed the rest."),
        ),
    ),
)
