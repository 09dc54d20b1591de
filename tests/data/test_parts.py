"""Parts of a data set: recognised by the names in use, told from classes by what they hold, or refused."""

import shutil

import pytest
from PIL import Image

from cnncourse.data import load_folder
from cnncourse.data.parts import find_parts, kind_of


def make(root, *folders):
    """Make folders with two pictures each."""
    for number, name in enumerate(folders):
        (root / name).mkdir(parents=True)
        for shade in (1, 2):
            Image.new("L", (6, 6), 20 * number + shade).save(root / name / f"{shade}.png")
    return root


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("train", ["train", "Train", "TRAINING", "training_set", "train-data", "trainset", "TrainImages"]),
        ("test", ["test", "Testing", "test_set", "test1", "Test2017", "test images", "evaluation"]),
        ("valid", ["valid", "val", "Validation", "val2017", "validation_set", "dev"]),
        (None, ["cat", "latest", "contest", "trainer", "training shoe", "station", "value", "data"]),
    ],
)  # fmt: skip
def test_names_of_parts(kind, names):
    assert {name: kind_of(name) for name in names} == dict.fromkeys(names, kind)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "test"),
        ("Train", "Test"),
        ("train", "Test"),
        ("training_set", "test_set"),
        ("Training", "Testing"),
        ("seg_train", "seg_test"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        ("training_set/training_set", "test_set/test_set"),
        ("archive/train", "archive/val"),
        ("TRAIN", "validation"),
    ],
)
def test_parts_are_recognised(train, test, tmp_path):
    make(tmp_path, f"{train}/cat", f"{train}/dog", f"{test}/cat", f"{test}/dog")
    parts = find_parts(tmp_path)
    assert parts.train == tmp_path / train
    assert (parts.test or parts.valid) == tmp_path / test
    assert parts.beside == ()
    with pytest.raises(ValueError, match=rf"holds {train}, .*not classes: load .*{train}"):
        load_folder(tmp_path)
    assert load_folder(tmp_path / train).classes == ("cat", "dog")


def test_a_wrapped_part_can_be_loaded_by_either_name(tmp_path):
    make(tmp_path, "training_set/training_set/cat", "training_set/training_set/dog")
    assert load_folder(tmp_path / "training_set").classes == ("cat", "dog")


@pytest.mark.parametrize("part", ["test", "valid", "Test_Set"])
def test_a_part_beside_the_classes_is_no_class(part, tmp_path, capsys):
    make(tmp_path, "cat", "dog", f"{part}/cat", f"{part}/dog")
    data = load_folder(tmp_path, cache=False)
    assert data.counts() == {"cat": 2, "dog": 2}
    assert data.report == ((str(tmp_path / part), "a part of its own, not a class"),)
    assert "left out 1" in capsys.readouterr().out
    assert load_folder(tmp_path, classes=("dog", "cat"), cache=False).counts() == {"dog": 2, "cat": 2}
    assert find_parts(tmp_path)[:3].count(None) == 1
    assert find_parts(tmp_path).train == tmp_path


def test_a_class_may_have_the_name_of_a_part(tmp_path):
    make(tmp_path, "bus", "car", "train")
    assert load_folder(tmp_path).classes == ("bus", "car", "train")
    make(tmp_path, "test")
    with pytest.raises(
        ValueError, match=r"holds test, named as parts.*'?test'? has no sub-folder for each class"
    ):
        load_folder(tmp_path)
    named = load_folder(tmp_path, classes=("bus", "car", "test", "train"))
    assert named.counts()["test"] == 2


@pytest.mark.parametrize(
    ("folders", "words"),
    [
        (("train/cat", "train/dog", "training/cat", "test/cat"), "train, training mean the same part"),
        (("val/cat", "validation/cat", "train/cat"), "val, validation mean the same part"),
        (("cat", "dog", "train/cat", "train/dog"), "beside them cat, dog, which are classes in them too"),
        (("train/cat", "train/dog", "test"), "test has no sub-folder for each class"),
        (("cat", "dog", "valid/ant"), "holds valid, .*beside them cat, dog: rename it if it is a class"),
        (("cat/train", "cat/test", "dog/train", "dog/test"), "holds test, train inside cat, which would mix"),
        (("cat", "dog", "pets/cat", "pets/dog"), "holds cat, dog again inside pets: move the copy away"),
        (("photos/cat", "photos/dog"), "one sub-folder, 'photos', which holds folders and no pictures"),
    ],
)
def test_what_could_mean_two_things_is_refused(folders, words, tmp_path):
    make(tmp_path, *folders)
    with pytest.raises(ValueError, match=words):
        load_folder(tmp_path)


def test_one_folder_for_two_parts_is_refused(tmp_path):
    make(tmp_path, "train/cat", "train/dog")
    (tmp_path / "test").symlink_to("train")
    with pytest.raises(ValueError, match="has one folder for two parts, test, train"):
        find_parts(tmp_path)


def test_folders_beside_two_parts_are_told(tmp_path):
    make(tmp_path, "train/cat", "train/dog", "test/cat", "test/dog", "seg_pred", "__MACOSX/train")
    assert find_parts(tmp_path).beside == ("seg_pred",)


def test_what_archives_add_is_passed_over(tmp_path):
    make(tmp_path, "cat", "dog", "__MACOSX/cat")
    assert load_folder(tmp_path).classes == ("cat", "dog")


def test_names_decide_across_parts(tmp_path):
    """Another list or order of classes in the other part: by name, or refused with the near name."""
    make(tmp_path, "train/ant", "train/cat", "train/dog", "test/dog", "test/cat")
    train = load_folder(tmp_path / "train")
    test = load_folder(tmp_path / "test", classes=train.classes)
    assert [train.classes[label] for label in test.labels] == ["cat", "cat", "dog", "dog"]
    alone = load_folder(tmp_path / "test")
    assert alone.labels.tolist() == [0, 0, 1, 1]
    shutil.move(tmp_path / "test" / "dog", tmp_path / "test" / "Dog")
    with pytest.raises(ValueError, match=r"sub-folder 'Dog' that is not among classes. Did you mean 'dog'"):
        load_folder(tmp_path / "test", classes=train.classes)
