"""Answers to the exercises of chapter 12_data_augmentation: solutions and usual mistakes."""

import numpy as np

# The source of these functions is what the chapter shows as the solution.


def flip_some(images, flips):
    """Mirror the images, (N, C, H, W), whose flag is set."""
    chosen = np.reshape(flips, (-1, 1, 1, 1))
    return np.where(chosen, images[:, :, :, ::-1], images)


def crop_padded(images, padding, top, left):
    """Pad with zeros, then cut each image at its own place."""
    height, width = images.shape[2:]
    frame = (0, 0), (0, 0), (padding, padding), (padding, padding)
    padded = np.pad(images, frame)
    windows = []
    for image, y, x in zip(padded, top, left):
        windows.append(image[:, y : y + height, x : x + width])
    return np.stack(windows)


def mixup(images, labels, share, num_classes):
    """Blend each image, and its label, with the one before it."""
    one_hot = np.eye(num_classes)[labels]
    mixed = share * images + (1 - share) * np.roll(images, 1, axis=0)
    targets = share * one_hot + (1 - share) * np.roll(one_hot, 1, axis=0)
    return mixed, targets


def source_pixel(x, y, angle, width, height):
    """Column and row that the new pixel at (x, y) comes from."""
    turn = np.deg2rad(angle)
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    dx, dy = x - centre_x, y - centre_y
    from_x = np.cos(turn) * dx + np.sin(turn) * dy + centre_x
    from_y = -np.sin(turn) * dx + np.cos(turn) * dy + centre_y
    return from_x, from_y


def brighten(image, factor):
    """Brighten an image of type uint8, without wrapping around."""
    return np.clip(image * float(factor), 0, 255).astype(np.uint8)


def normalise_both(training, validation):
    """Normalise both sets by the channels of the first."""
    mean = training.mean(axis=(0, 2, 3), keepdims=True)
    std = training.std(axis=(0, 2, 3), keepdims=True)
    return (training - mean) / std, (validation - mean) / std


def cutout(images, row, column, side):
    """Set a square around (row, column) of each image to zero; it may stick out."""
    out = images.copy()
    for n in range(len(images)):
        top, left = row[n] - side // 2, column[n] - side // 2
        rows = slice(max(top, 0), max(top + side, 0))
        columns = slice(max(left, 0), max(left + side, 0))
        out[n, :, rows, columns] = 0
    return out


# Wrong answers


def flips_all(images, flips):
    return images[:, :, :, ::-1]


def flips_upside_down(images, flips):
    return np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, :, ::-1], images)


def flips_the_others(images, flips):
    return flip_some(images, np.logical_not(flips))


def flips_the_channels(images, flips):
    return np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, ::-1], images)


def flips_the_batch(images, flips):
    return np.where(np.reshape(flips, (-1, 1, 1, 1)), images[::-1], images)


def turns_half_round(images, flips):
    return np.where(np.reshape(flips, (-1, 1, 1, 1)), images[:, :, ::-1, ::-1], images)


def one_place_for_all(images, padding, top, left):
    return crop_padded(images, padding, np.full(len(images), top[0]), np.full(len(images), left[0]))


def top_and_left_exchanged(images, padding, top, left):
    return crop_padded(images, padding, left, top)


def places_from_the_centre(images, padding, top, left):
    return crop_padded(images, padding, 2 * padding - np.array(top), 2 * padding - np.array(left))


def border_repeated(images, padding, top, left):
    height, width = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    return np.stack([p[:, y : y + height, x : x + width] for p, y, x in zip(padded, top, left)])


def comes_round_the_other_side(images, padding, top, left):
    return np.stack(
        [np.roll(p, (padding - y, padding - x), axis=(1, 2)) for p, y, x in zip(images, top, left)]
    )


def window_of_the_padded_size(images, padding, top, left):
    return np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def labels_left_as_they_are(images, labels, share, num_classes):
    return mixup(images, labels, share, num_classes)[0], np.eye(num_classes)[labels]


def shares_exchanged(images, labels, share, num_classes):
    return mixup(images, labels, 1 - share, num_classes)


def labels_the_other_way_round(images, labels, share, num_classes):
    return mixup(images, labels, share, num_classes)[0], mixup(images, labels, 1 - share, num_classes)[1]


def with_the_next_one(images, labels, share, num_classes):
    one_hot = np.eye(num_classes)[labels]
    return (
        share * images + (1 - share) * np.roll(images, -1, axis=0),
        share * one_hot + (1 - share) * np.roll(one_hot, -1, axis=0),
    )


def everything_rolled(images, labels, share, num_classes):
    one_hot = np.eye(num_classes)[labels]
    mixed = share * images + (1 - share) * np.roll(images, 1)
    return mixed, share * one_hot + (1 - share) * np.roll(one_hot, 1, axis=0)


def numbers_of_the_labels_mixed(images, labels, share, num_classes):
    mixed = mixup(images, labels, share, num_classes)[0]
    return mixed, share * labels + (1 - share) * np.roll(labels, 1)


def where_it_goes(x, y, angle, width, height):
    return source_pixel(x, y, -angle, width, height)


def about_the_corner(x, y, angle, width, height):
    turn = np.deg2rad(angle)
    return np.cos(turn) * x + np.sin(turn) * y, -np.sin(turn) * x + np.cos(turn) * y


def half_a_pixel_off(x, y, angle, width, height):
    return tuple(part + 0.0 for part in _about(x, y, angle, width / 2, height / 2))


def degrees_as_radians(x, y, angle, width, height):
    return source_pixel(x, y, np.rad2deg(angle), width, height)


def rows_first(x, y, angle, width, height):
    return source_pixel(x, y, angle, width, height)[::-1]


def centre_not_added(x, y, angle, width, height):
    from_x, from_y = source_pixel(x, y, angle, width, height)
    return from_x - (width - 1) / 2, from_y - (height - 1) / 2


def _about(x, y, angle, centre_x, centre_y):
    turn = np.deg2rad(angle)
    dx, dy = x - centre_x, y - centre_y
    return (
        np.cos(turn) * dx + np.sin(turn) * dy + centre_x,
        -np.sin(turn) * dx + np.cos(turn) * dy + centre_y,
    )


def wraps_around(image, factor):
    return (image * float(factor)).astype(int).astype(np.uint8)


def not_clipped(image, factor):
    return image * float(factor)


def added_light(image, factor):
    return np.clip(image.astype(float) + 255 * (factor - 1), 0, 255).astype(np.uint8)


def clipped_at_one(image, factor):
    return np.clip(image * float(factor), 0, 1).astype(np.uint8)


def scaled_to_fit(image, factor):
    light = image * float(factor)
    return (light * min(1, 255 / light.max())).astype(np.uint8)


def rounded_up(image, factor):
    return np.ceil(np.clip(image * float(factor), 0, 255)).astype(np.uint8)


def each_by_itself(training, validation):
    return normalise_both(training, training)[0], normalise_both(validation, validation)[0]


def both_together(training, validation):
    whole = normalise_both(np.concatenate([training, validation]), training)[0]
    return whole[: len(training)], whole[len(training) :]


def by_the_validation_part(training, validation):
    second, first = normalise_both(validation, training)
    return first, second


def validation_left_as_it_is(training, validation):
    return normalise_both(training, validation)[0], validation


def channels_together(training, validation):
    mean, std = training.mean(), training.std()
    return (training - mean) / std, (validation - mean) / std


def each_pixel_by_itself(training, validation):
    mean, std = training.mean(axis=0), training.std(axis=0)
    return (training - mean) / std, (validation - mean) / std


def one_square_for_all(images, row, column, side):
    return cutout(images, np.full(len(images), row[0]), np.full(len(images), column[0]), side)


def corner_for_the_centre(images, row, column, side):
    return cutout(images, np.array(row) + side // 2, np.array(column) + side // 2, side)


def moved_back_inside(images, row, column, side):
    height, width = images.shape[2:]
    half = side // 2
    rows = np.clip(row, half, height - side + half)
    return cutout(images, rows, np.clip(column, half, width - side + half), side)


def first_channel_only(images, row, column, side):
    out = images.copy()
    out[:, :1] = cutout(images, row, column, side)[:, :1]
    return out


def counts_from_the_end(images, row, column, side):
    out = images.copy()
    for n in range(len(images)):
        top, left = row[n] - side // 2, column[n] - side // 2
        out[n, :, top : top + side, left : left + side] = 0
    return out


def end_not_cut_off(images, row, column, side):
    out = images.copy()
    for n in range(len(images)):
        top, left = max(row[n] - side // 2, 0), max(column[n] - side // 2, 0)
        out[n, :, top : top + side, left : left + side] = 0
    return out


def all_but_the_square(images, row, column, side):
    return images - cutout(images, row, column, side)
