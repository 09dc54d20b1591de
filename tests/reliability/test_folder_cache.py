"""What is kept of a decoded folder: every damage is noticed and mended, every obstacle is named."""

import errno
import os
import random
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import folder_cache, load_folder


@pytest.fixture
def photos(tmp_path):
    """Eight pictures, one of them bad, in two classes."""
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(rng.integers(0, 256, (9, 7, 3), np.uint8)).save(
                tmp_path / "photos" / name / f"{number}.png"
            )
    (tmp_path / "photos" / "cat" / "bad.png").write_text("no image")
    return tmp_path / "photos"


@pytest.fixture
def kept(photos, tmp_path):
    """The cache, the place in it, and the data as they are."""
    data = load_folder(photos, 8, cache=tmp_path / "cache")
    (place,) = (tmp_path / "cache").iterdir()
    return tmp_path / "cache", place, data


def assert_same(data, whole):
    assert np.array_equal(data.images, whole.images)
    assert np.array_equal(data.labels, whole.labels)
    assert (data.classes, data.mean, data.std, data.report) == (
        whole.classes, whole.mean, whole.std, whole.report,
    )  # fmt: skip


def assert_mended(photos, kept, capsys, mmap=False):
    """The next load says that it makes all anew, the one after is silent; both give the same data."""
    cache, place, whole = kept
    capsys.readouterr()
    assert_same(load_folder(photos, 8, cache=cache, mmap=mmap), whole)
    assert f"what was kept in {place} is damaged (" in capsys.readouterr().out
    assert_same(load_folder(photos, 8, cache=cache, mmap=mmap), whole)
    assert "damaged" not in capsys.readouterr().out
    assert [path.name for path in cache.iterdir()] == [place.name]


def flip(path, position, bit):
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 1 << bit
    path.write_bytes(content)


def damages(number):
    """Flipped bits, and bytes cut off, added and overwritten, at random places of either file."""
    rng = random.Random(0)
    for _ in range(number):
        name, position = rng.choice(["images.bin", "meta.json"]), rng.randrange(10**6)
        yield name, rng.choice(["flip", "cut", "added", "zeros"]), position


def damage(path, kind, position):
    content = path.read_bytes()
    position %= len(content)
    if kind == "flip":
        flip(path, position, position % 8)
    elif kind == "cut":
        path.write_bytes(content[:position])
    elif kind == "added":
        path.write_bytes(content[:position] + b"7" + content[position:])
    else:
        path.write_bytes(content[:position] + b"\0" * 9 + content[position + 9 :])
    return path.read_bytes() != content


@pytest.mark.parametrize(("name", "kind", "position"), list(damages(24)))
def test_a_damage_in_one_place_is_mended(name, kind, position, photos, kept, capsys):
    if damage(kept[1] / name, kind, position):
        assert_mended(photos, kept, capsys, mmap=position % 2 == 0)


@pytest.mark.slow
def test_every_bit_counts(photos, kept, capsys):
    cache, place, whole = kept
    for name in ("images.bin", "meta.json"):
        content = (place / name).read_bytes()
        for position in range(len(content)):
            flip(place / name, position, position % 8)
            assert_same(load_folder(photos, 8, cache=cache), whole)
            assert "is damaged" in capsys.readouterr().out
            (place / name).write_bytes(content)


@pytest.mark.parametrize("name", ["images.bin", "meta.json"])
def test_a_missing_file_is_mended(name, photos, kept, capsys):
    (kept[1] / name).unlink()
    assert_mended(photos, kept, capsys)


@pytest.mark.parametrize("obstacle", ["file", "folder for a file", "link loop", "no permission"])
def test_what_cannot_be_read_just_now_stays(obstacle, photos, kept, capsys, monkeypatch):
    cache, place, whole = kept
    blocked = place / "meta.json"
    if obstacle == "file":
        shutil.rmtree(place)
        place.write_text("somebody's")
        blocked = place
    elif obstacle == "folder for a file":
        blocked.unlink()
        blocked.mkdir()
    elif obstacle == "link loop":
        blocked.unlink()
        blocked.symlink_to(blocked)
    else:  # simulated, since root may read everything

        def refuse(self):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

        monkeypatch.setattr(type(place), "read_bytes", refuse)
    capsys.readouterr()
    assert_same(load_folder(photos, 8, cache=cache), whole)
    out = capsys.readouterr().out
    assert "cannot be read just now" in out
    assert "damaged" not in out
    assert os.path.lexists(blocked)
    with pytest.raises(OSError, match=place.name):
        load_folder(photos, 8, cache=cache, mmap=True)


@pytest.mark.parametrize(
    ("number", "advice"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EROFS, False)]
)
def test_only_a_full_disk_is_told_to_free_space(number, advice, photos, tmp_path, capsys, monkeypatch):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(folder_cache.Store, "write", refuse)
    assert len(load_folder(photos, 8, cache=tmp_path / "cache")) == 8
    out = capsys.readouterr().out
    assert os.strerror(number) in out
    assert ("free some space" in out) == advice
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_link_in_the_place_is_not_followed(photos, kept, tmp_path, capsys):
    """Somebody else's files, to which a name in the cache leads, keep their content."""
    place = kept[1]
    place.rename(tmp_path / "theirs")
    (tmp_path / "theirs" / "images.bin").write_bytes(b"theirs")
    place.symlink_to(tmp_path / "theirs")
    assert_mended(photos, kept, capsys)
    assert (tmp_path / "theirs" / "images.bin").read_bytes() == b"theirs"
    assert not place.is_symlink()


def test_what_a_killed_process_leaves_is_removed(photos, tmp_path):
    """Killed while it decodes; a folder of a process that still works stays."""
    program = (
        "import sys, time\nfrom cnncourse.data import decoding, load_folder\n"
        "decode = decoding.decode\n"
        "def slow(path, wanted):\n    print('at it', flush=True)\n    time.sleep(60)\n"
        "decoding.decode = slow\n"
        "load_folder(sys.argv[1], 8, cache=sys.argv[2], mmap=True)\n"
    )
    command = [sys.executable, "-c", program, str(photos), str(tmp_path / "cache")]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for process in others:
            assert process.stdout.readline() == b"at it\n"
        assert len(list((tmp_path / "cache").iterdir())) == 2
        others[0].kill()
        others[0].wait()
        load_folder(photos, 8, cache=tmp_path / "cache")
        hidden = [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")]
        assert len(hidden) == 1
    finally:
        for process in others:
            process.kill()
            process.wait()
            process.stdout.close()
    load_folder(
        photos, 8, cache=tmp_path / "cache"
    )  # what is kept is used, and the place is tidied all the same
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_folders_of_an_older_version_are_removed_when_they_are_old(photos, tmp_path):
    cache = tmp_path / "cache"
    for name, age in ((".decoding-old", 7200), (".decoding-new", 0), ("mine", 7200)):
        (cache / name).mkdir(parents=True)
        os.utime(cache / name, (time.time() - age,) * 2)
    load_folder(photos, 8, cache=cache)
    assert {path.name for path in cache.iterdir()} >= {".decoding-new", "mine"}
    assert not (cache / ".decoding-old").exists()
