"""Batched augmentation against the torchvision v2 transform of the same name.

Two questions per change: given the same parameters, is the picture the same; and are the parameters drawn
from the same distribution?
"""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torchvision import tv_tensors
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms.v2 import functional as tv

from cnncourse.train import Augment
from cnncourse.train.augment import crop_and_flip, mix, recolour, warp

N, H, W = 6, 9, 12


@pytest.fixture
def pixels():
    return torch.rand(N, 3, H, W, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def images(pixels):
    return (pixels * 255).to(torch.uint8)


def draw(augment, n=N, seed=0, height=H, width=W):
    return augment.draw(n, height, width, np.random.default_rng(seed))


def v2_parameters(transform, n, key):
    """What torchvision draws for one image, n times."""
    torch.manual_seed(0)
    image = torch.zeros(3, H, W)
    make_params = getattr(transform, "make_params", None) or transform._get_params  # the name until 0.20
    return np.array([float(key(make_params([image]))) for _ in range(n)])


def same_distribution(ours, theirs):
    """Two-sample Kolmogorov-Smirnov test; the seeds are fixed, so this is no matter of luck."""
    return stats.ks_2samp(np.asarray(ours, float), theirs).pvalue > 0.01


def test_warp_is_v2_affine(pixels):
    draws = draw(Augment(rotate=40, shift=0.3, scale=(0.6, 1.5), shear=25))
    got = warp(pixels, draws)
    for i in range(N):
        expected = tv.affine(
            pixels[i],
            angle=math.degrees(draws["angle"][i]),
            translate=[int(draws["dx"][i]), int(draws["dy"][i])],
            scale=float(draws["scale"][i]),
            shear=[math.degrees(draws["shear"][i]), 0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        torch.testing.assert_close(got[i], expected, atol=1e-4, rtol=1e-4)


def test_warp_draws_as_v2_random_affine():
    n = 4000
    ours = draw(Augment(rotate=30, shift=0.25, scale=(0.8, 1.3), shear=10), n)
    theirs = v2.RandomAffine(30, translate=(0.25, 0.25), scale=(0.8, 1.3), shear=10)
    assert same_distribution(ours["angle"].rad2deg(), v2_parameters(theirs, n, lambda p: p["angle"]))
    assert same_distribution(ours["dx"], v2_parameters(theirs, n, lambda p: p["translate"][0]))
    assert same_distribution(ours["dy"], v2_parameters(theirs, n, lambda p: p["translate"][1]))
    assert same_distribution(ours["scale"], v2_parameters(theirs, n, lambda p: p["scale"]))
    assert same_distribution(ours["shear"].rad2deg(), v2_parameters(theirs, n, lambda p: p["shear"][0]))


def test_flip_is_v2_horizontal_flip(images):
    draws = draw(Augment(flip=0.5))
    assert 0 < draws["flip"].sum() < N
    got = crop_and_flip(images, 0, draws)
    for i in range(N):
        assert torch.equal(got[i], tv.horizontal_flip(images[i]) if draws["flip"][i] else images[i])
    assert draw(Augment(flip=0.3), 5000)["flip"].float().mean() == pytest.approx(0.3, abs=0.02)


def test_crop_is_v2_random_crop_with_padding(images):
    draws = draw(Augment(crop_padding=3))
    got = crop_and_flip(images, 3, draws)
    for i in range(N):
        padded = tv.pad(images[i], [3])
        assert torch.equal(got[i], tv.crop(padded, int(draws["top"][i]), int(draws["left"][i]), H, W))
    n = 4000
    theirs = v2.RandomCrop((H, W), padding=3)
    ours = draw(Augment(crop_padding=3), n)
    assert same_distribution(ours["top"], v2_parameters(theirs, n, lambda p: p["top"]))
    assert same_distribution(ours["left"], v2_parameters(theirs, n, lambda p: p["left"]))


def test_crop_comes_before_flip(images):
    augment = Augment(crop_padding=2, flip=1.0)
    draws = draw(augment)
    got = augment.change_pixels(images, draws)
    for i in range(N):
        cropped = tv.crop(tv.pad(images[i], [2]), int(draws["top"][i]), int(draws["left"][i]), H, W)
        torch.testing.assert_close(got[i], tv.horizontal_flip(cropped) / 255)


def test_recolour_is_v2_adjustments_in_each_samples_order(pixels):
    draws = draw(Augment(brightness=0.6, contrast=0.7, saturation=0.9), 40)
    many = pixels.repeat(7, 1, 1, 1)[:40]
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    adjust = (
        (tv.adjust_brightness, "brightness"),
        (tv.adjust_contrast, "contrast"),
        (tv.adjust_saturation, "saturation"),
    )
    got = recolour(many, draws)
    assert len(set(draws["order"].tolist())) == 6
    for i in range(40):
        expected = many[i]
        for turn in orders[draws["order"][i]]:
            function, name = adjust[turn]
            expected = function(expected, float(draws[name][i]))
        torch.testing.assert_close(got[i], expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("strength", [0.4, 1.5])
def test_colour_factors_are_drawn_as_in_v2_color_jitter(strength):
    n = 4000
    theirs = v2.ColorJitter(brightness=strength, contrast=strength, saturation=strength)
    ours = draw(Augment(brightness=strength, contrast=strength, saturation=strength), n)
    for name in ("brightness", "contrast", "saturation"):
        expected = v2_parameters(theirs, n, lambda p, name=name: p[f"{name}_factor"])
        assert same_distribution(ours[name], expected)
    assert np.bincount(ours["order"]).min() > n / 6 * 0.85


def test_a_colour_change_that_is_off_changes_nothing(pixels):
    draws = draw(Augment(contrast=0.5))
    expected = torch.stack([tv.adjust_contrast(p, float(f)) for p, f in zip(pixels, draws["contrast"])])
    torch.testing.assert_close(recolour(pixels, draws), expected, atol=1e-5, rtol=1e-5)


def test_grey_images_can_be_recoloured():
    grey = torch.rand(4, 1, 5, 5)
    draws = draw(Augment(brightness=0.2, contrast=0.2, saturation=0.5), 4)
    assert recolour(grey, draws).shape == (4, 1, 5, 5)


def test_cutout_is_v2_random_erasing_of_a_square(pixels):
    augment = Augment(cutout=4)
    draws = draw(augment)
    got, labels = augment.blend(pixels, torch.arange(N), draws, N)
    for i in range(N):
        expected = tv.erase(
            pixels[i], int(draws["cut_top"][i]), int(draws["cut_left"][i]), 4, 4, torch.zeros(1)
        )
        assert torch.equal(got[i], expected)
    assert torch.equal(labels, torch.arange(N))
    n = 4000
    area = 16 / (H * W)
    theirs = v2.RandomErasing(p=1.0, scale=(area, area), ratio=(1.0, 1.0))
    ours = draw(augment, n)
    assert same_distribution(ours["cut_top"], v2_parameters(theirs, n, lambda p: p["i"]))
    assert same_distribution(ours["cut_left"], v2_parameters(theirs, n, lambda p: p["j"]))


def test_mixup_is_v2_mixup(pixels):
    draws = draw(Augment(mixup=0.4))
    got, share = mix(pixels, draws)
    transform = v2.MixUp(alpha=0.4, num_classes=N)
    for i in range(N):
        lam = float(share[i])
        own = torch.arange(N)
        params = {"lam": lam, "labels": own, "batch_size": N}
        expected, target = (apply_v2(transform, value, params) for value in (tv_tensors.Image(pixels), own))
        torch.testing.assert_close(got[i], expected[i].as_subclass(torch.Tensor))
        labels = Augment(mixup=0.4).blend(pixels, torch.arange(N), draws, N)[1]
        torch.testing.assert_close(labels[i], target[i])


def apply_v2(transform, value, params):
    apply = getattr(transform, "transform", None) or transform._transform  # the name until 0.20
    return apply(value, params)


def test_mixup_shares_are_beta():
    shares = draw(Augment(mixup=0.3), 4000)["mix"]
    assert stats.kstest(shares, stats.beta(0.3, 0.3).cdf).pvalue > 0.01


def test_cutmix_is_v2_cutmix(pixels):
    draws = draw(Augment(cutmix=1.0), seed=1)
    got, share = mix(pixels, draws)
    transform = v2.CutMix(alpha=1.0, num_classes=N)
    labels = Augment(cutmix=1.0).blend(pixels, torch.arange(N), draws, N)[1]
    for i in range(N):
        half = 0.5 * math.sqrt(1 - draws["keep"][i])
        y, x, half_h, half_w = int(draws["box_y"][i]), int(draws["box_x"][i]), int(half * H), int(half * W)
        box = max(x - half_w, 0), max(y - half_h, 0), min(x + half_w, W), min(y + half_h, H)
        lam = 1 - (box[2] - box[0]) * (box[3] - box[1]) / (H * W)
        assert share[i] == pytest.approx(lam)
        own = torch.arange(N)
        params = {"box": box, "lam_adjusted": lam, "labels": own, "batch_size": N}
        expected, target = (apply_v2(transform, value, params) for value in (tv_tensors.Image(pixels), own))
        assert torch.equal(got[i], expected[i].as_subclass(torch.Tensor))
        torch.testing.assert_close(labels[i], target[i])


def test_cutmix_shares_are_distributed_as_in_v2():
    n = 3000
    transform = v2.CutMix(alpha=0.7, num_classes=2)
    torch.manual_seed(0)
    batch = [torch.zeros(2, 3, H, W), torch.tensor([0, 1])]
    theirs = []
    for _ in range(n):
        theirs.append(float(transform(*batch)[1][0, 0]))
    _, ours = mix(torch.zeros(n, 1, H, W), draw(Augment(cutmix=0.7), n))
    assert same_distribution(ours, np.array(theirs))


def test_mixup_and_cutmix_together_choose_per_sample(pixels):
    augment = Augment(mixup=1.0, cutmix=1.0)
    draws = draw(augment, 2000)
    assert draws["boxed"].float().mean() == pytest.approx(0.5, abs=0.04)
    draws = {name: values[:N] for name, values in draws.items()}
    got, share = mix(pixels, draws)
    pasted, pasted_share = mix(pixels, {k: v for k, v in draws.items() if k not in ("mix", "boxed")})
    blended, blended_share = mix(pixels, {"mix": draws["mix"]})
    for i in range(N):
        assert torch.equal(got[i], (pasted if draws["boxed"][i] else blended)[i])
        assert share[i] == (pasted_share if draws["boxed"][i] else blended_share)[i]


EVERYTHING = Augment(2, 0.5, 15, 0.1, (0.9, 1.1), 5, 0.2, 0.2, 0.2, 3, 0.2, 0.2)


def test_same_seed_same_pictures_and_other_seed_others(images):
    def augmented(seed):
        draws = draw(EVERYTHING, seed=seed)
        return EVERYTHING.blend(EVERYTHING.change_pixels(images, draws), torch.arange(N), draws, N)

    for a, b in zip(augmented(3), augmented(3)):
        assert torch.equal(a, b)
    assert not torch.equal(augmented(3)[0], augmented(4)[0])


def test_each_sample_has_its_own_parameters():
    draws = draw(EVERYTHING, 50)
    assert all(len(torch.unique(values)) > 1 for values in draws.values())


def test_off_means_untouched(images):
    nothing = Augment()
    assert draw(nothing) == {}
    torch.testing.assert_close(nothing.change_pixels(images, {}), images / 255)


def test_refuses_a_cutout_larger_than_the_image():
    with pytest.raises(ValueError, match="cutout=10 is larger than the images, 9×12"):
        draw(Augment(cutout=10))
