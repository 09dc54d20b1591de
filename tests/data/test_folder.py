"""Folders of image files: classes, bad files, and what is kept for the next time."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_pictures import BAD_KINDS, write_bad

from cnncourse.data import DataNotFound, decoding, load_folder


def test_classes_order_and_pixels(picture_folder):
    data = load_folder(picture_folder)
    assert data.classes == ("cat", "dog")
    assert data.name == "animals"
    assert data.labels.tolist() == [0] * 6 + [1] * 6
    assert data.images.shape == (12, 3, 20, 24)
    expected = np.asarray(Image.open(picture_folder / "dog" / "2.png")).transpose(2, 0, 1)
    assert np.array_equal(data.images[8], expected)
    assert data.report == ()
    assert np.allclose(data.mean, (data.images / 255).mean(axis=(0, 2, 3)))


def test_size_and_channels(picture_folder):
    assert load_folder(picture_folder, 16, channels=1).images.shape == (12, 1, 16, 16)
    assert load_folder(picture_folder, (10, 14)).images.shape == (12, 3, 10, 14)


def test_deeper_folders_and_hidden_names(picture_folder):
    (picture_folder / "cat" / "more").mkdir()
    shutil.copy(picture_folder / "cat" / "0.png", picture_folder / "cat" / "more" / "x.png")
    (picture_folder / ".thumbnails").mkdir()
    (picture_folder / "cat" / ".DS_Store").write_bytes(b"x")
    data = load_folder(picture_folder)
    assert data.counts() == {"cat": 7, "dog": 6}
    assert data.report == ()


def test_every_bad_kind_is_left_out_and_reported(picture_folder, capsys):
    gradient = np.asarray(Image.open(picture_folder / "cat" / "0.png"))
    expected = {}
    for kind in BAD_KINDS:
        if kind in ("absent", "folder"):
            continue
        path = picture_folder / "dog" / f"bad {kind}.jpg"
        expected[str(path)] = write_bad(kind, path, gradient)
    for size in (None, 16):  # 'one size for all' and resizing take different ways
        data = load_folder(picture_folder, size)
        assert data.counts() == {"cat": 6, "dog": 6}
        assert {path for path, _ in data.report} == set(expected)
        for path, reason in data.report:
            assert any(words in reason for words in expected[path].split("|")), (path, reason)
        line = capsys.readouterr().out
        assert line.count("\n") == 1
        assert f"left out {len(expected)} of {12 + len(expected)} (" in line
        assert "see .report" in line
    again = load_folder(picture_folder, 16)
    assert again.report == data.report  # what is kept knows them too
    assert "left out" in capsys.readouterr().out


def test_good_odd_files_are_converted(picture_folder):
    grey = np.linspace(0, 65535, 480).reshape(20, 24).astype(np.uint16)
    Image.fromarray(grey).save(picture_folder / "cat" / "deep.png")
    Image.new("CMYK", (24, 20), (0, 255, 255, 0)).save(picture_folder / "cat" / "print.jpg")
    data = load_folder(picture_folder)
    assert data.report == ()
    assert np.array_equal(data.images[6, 0], np.rint(grey / 257))
    assert data.images[7, :, 10, 10].tolist() == pytest.approx([255, 0, 0], abs=4)


def test_files_beside_the_classes_and_links_in_circles_are_reported(picture_folder):
    shutil.copy(picture_folder / "cat" / "0.png", picture_folder / "lost.png")
    (picture_folder / "cat" / "loop").symlink_to(picture_folder / "cat")
    reasons = dict(load_folder(picture_folder).report)
    assert reasons[str(picture_folder / "lost.png")] == "not in the folder of a class"
    assert "a link to a folder it lies in" in reasons.values()


def test_names_that_are_no_text_can_be_loaded_and_printed(picture_folder, capsys):
    strange = bytes(picture_folder / "cat") + b"/\xff\xfe.png"
    try:
        Path(strange.decode("utf-8", "surrogateescape")).write_bytes(b"no image")
    except OSError:
        pytest.skip("this file system refuses such names")
    data = load_folder(picture_folder)
    data.report[0][0].encode("utf-8")
    assert len(load_folder(picture_folder)) == 12


def test_splits_share_classes(picture_folder, tmp_path):
    test_folder = tmp_path / "test"
    shutil.copytree(picture_folder / "dog", test_folder / "dog")
    data = load_folder(test_folder, classes=("cat", "dog"))
    assert data.labels.tolist() == [1] * 6
    assert data.classes == ("cat", "dog")
    assert data.report == ((str(test_folder / "cat"), "no files for this class"),)
    with pytest.raises(ValueError, match="sub-folder 'dog' that is not among classes"):
        load_folder(test_folder, classes=("cat", "fox"))


def test_a_sub_folder_without_images_is_no_class(picture_folder, no_decoding):
    shutil.copytree(picture_folder / "cat", picture_folder / ".ipynb_checkpoints")
    assert load_folder(picture_folder).classes == ("cat", "dog")
    stray = picture_folder / "bird"
    stray.mkdir()
    expected = "no readable image in its sub-folder 'bird'(.*): put images into it or delete it"
    (stray / "notes.txt").write_text("no image")
    with pytest.raises(ValueError, match=expected):
        load_folder(picture_folder)
    named = load_folder(picture_folder, classes=("bird", "cat", "dog"))
    assert named.counts() == {"bird": 0, "cat": 6, "dog": 6}
    assert dict(named.report).keys() == {str(stray / "notes.txt")}
    (stray / "notes.txt").unlink()
    (picture_folder / "fish" / "deeper").mkdir(parents=True)
    no_decoding()  # what has no files is seen at once
    with pytest.raises(ValueError, match="'bird' and in 1 more, but each sub-folder is a class"):
        load_folder(picture_folder, 16)


def test_clear_errors(picture_folder, tmp_path):
    with pytest.raises(DataNotFound, match="does not exist: give a folder laid out as"):
        load_folder(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="is a file"):
        load_folder(picture_folder / "cat" / "0.png")
    with pytest.raises(ValueError, match="has no sub-folders: each class needs one"):
        load_folder(picture_folder / "cat")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="has no sub-folders"):
        load_folder(tmp_path / "empty")
    (tmp_path / "empty" / "cat").mkdir()
    for size in (None, 16):
        with pytest.raises(ValueError, match="has no readable image in its sub-folder 'cat', but each"):
            load_folder(tmp_path / "empty", size)
        with pytest.raises(ValueError, match="none of its 0 files is a readable image"):
            load_folder(tmp_path / "empty", size, classes=["cat"])
    (tmp_path / "empty" / "cat" / "a.jpg").write_text("x")
    with pytest.raises(
        ValueError, match=r"none of its 1 files is a readable image; the first, .*a\.jpg: not an image"
    ):
        load_folder(tmp_path / "empty", 16)
    shutil.copytree(picture_folder, tmp_path / "set" / "train")
    with pytest.raises(ValueError, match=r"holds train, not classes: load .*train"):
        load_folder(tmp_path / "set")
    with pytest.raises(ValueError, match="sub-folder 'cat' that is not among classes"):
        load_folder(picture_folder, classes=[])
    with pytest.raises(ValueError, match="mmap=True reads the kept images"):
        load_folder(picture_folder, cache=False, mmap=True)


def test_several_sizes_need_a_size(picture_folder):
    Image.new("RGB", (50, 30)).save(picture_folder / "dog" / "other.png")
    with pytest.raises(ValueError, match=r"several sizes: 20×24 and, .*other\.png, 30×50 pixels: pass size"):
        load_folder(picture_folder)
    assert len(load_folder(picture_folder, 16)) == 13


@pytest.fixture
def no_decoding(monkeypatch):
    """From when it is called on, decoding an image is an error."""

    def forbid():
        monkeypatch.setattr(decoding, "decode", lambda *_: pytest.fail("decoded once more"))

    return forbid


def test_second_load_decodes_nothing(picture_folder, no_decoding):
    first = load_folder(picture_folder, 16)
    no_decoding()
    second = load_folder(picture_folder, 16)
    assert np.array_equal(first.images, second.images)
    assert (first.labels.tolist(), first.mean, first.std) == (second.labels.tolist(), second.mean, second.std)


@pytest.mark.parametrize("change", ["added", "removed", "touched", "moved", "swapped", "renamed class"])
def test_a_change_of_the_folder_is_seen(change, picture_folder, own_cache):
    cat, dog = picture_folder / "cat", picture_folder / "dog"
    for place, colour in ((cat, "blue"), (dog, "green")):  # as an archive leaves them: one time for all
        Image.new("RGB", (24, 20), colour).save(place / "twin.bmp")
        os.utime(place / "twin.bmp", (1_000_000_000, 1_000_000_000))
    before = load_folder(picture_folder, 16)
    if change == "added":
        shutil.copy(cat / "0.png", cat / "new.png")
    elif change == "removed":
        (cat / "0.png").unlink()
    elif change == "touched":
        Image.new("RGB", (24, 20), "red").save(cat / "0.png")
    elif change == "moved":
        (cat / "0.png").rename(dog / "from_cat.png")
    elif change == "swapped":  # of one size and one time, as unpacked archives have them
        (cat / "twin.bmp").rename(picture_folder.parent / "aside")
        (dog / "twin.bmp").rename(cat / "twin.bmp")
        (picture_folder.parent / "aside").rename(dog / "twin.bmp")
    else:
        dog.rename(picture_folder / "wolf")
    after = load_folder(picture_folder, 16)
    fresh = load_folder(picture_folder, 16, cache=False)
    assert after.classes == fresh.classes
    assert np.array_equal(after.images, fresh.images)
    assert np.array_equal(after.labels, fresh.labels)
    assert (before.classes, before.images.tobytes(), before.labels.tobytes()) != (
        after.classes, after.images.tobytes(), after.labels.tobytes(),
    )  # fmt: skip
    assert len(list((own_cache / "cnncourse" / "folders").iterdir())) == 1  # the old state is gone


def test_options_do_not_share_what_is_kept(picture_folder):
    assert load_folder(picture_folder, (10, 20)).images.shape[2:] == (10, 20)
    crop = load_folder(picture_folder, 8)
    stretch = load_folder(picture_folder, 8, resize="stretch")
    assert not np.array_equal(crop.images, stretch.images)


@pytest.mark.parametrize("damage", ["cut", "meta cut", "meta gone", "meta foreign"])
def test_damaged_store_is_made_again(damage, picture_folder, tmp_path):
    cache = tmp_path / "kept"
    first = load_folder(picture_folder, 16, cache=cache)
    (place,) = cache.iterdir()
    if damage == "cut":
        (place / "images.bin").write_bytes((place / "images.bin").read_bytes()[:-1])
    elif damage == "meta cut":
        (place / "meta.json").write_text((place / "meta.json").read_text()[:30])
    elif damage == "meta gone":
        (place / "meta.json").unlink()
    else:
        (place / "meta.json").write_text(json.dumps({"shape": [1]}))
    assert np.array_equal(load_folder(picture_folder, 16, cache=cache).images, first.images)
    assert len(list(cache.iterdir())) == 1
    assert np.array_equal(load_folder(picture_folder, 16, cache=cache).images, first.images)


def test_no_place_to_keep_is_said_and_survived(picture_folder, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    data = load_folder(picture_folder, 16, cache=tmp_path / "file" / "cache")
    assert len(data) == 12
    assert "could not be kept" in capsys.readouterr().out
    assert load_folder(picture_folder, 16, cache=False).images.tobytes() == data.images.tobytes()


def test_mmap_leaves_pixels_on_disk(picture_folder, tmp_path):
    whole = load_folder(picture_folder, 16, cache=False)
    for _ in range(2):  # decoded into the file, then read from it
        data = load_folder(picture_folder, 16, cache=tmp_path / "kept", mmap=True)
        assert isinstance(data.images, np.memmap)
        assert np.array_equal(data.images, whole.images)
        data.images[0] = 0  # stays in memory: what is kept does not change
    assert not any(path.name.startswith(".") for path in (tmp_path / "kept").iterdir())


def test_many_files_keep_their_order(tmp_path, monkeypatch):
    """More jobs than are handed out at once, with bad files between."""
    monkeypatch.setattr(decoding, "_FILES_PER_JOB", 3)
    (tmp_path / "f" / "a").mkdir(parents=True)
    for number in range(100):
        path = tmp_path / "f" / "a" / f"{number:03}.png"
        if number % 7:
            Image.new("L", (4, 4), number).save(path)
        else:
            path.write_bytes(b"bad")
    data = load_folder(tmp_path / "f", channels=1)
    assert data.images[:, 0, 0, 0].tolist() == [number for number in range(100) if number % 7]
    assert len(data.report) == 15
