"""What is printed: a bar for people, lines for files, nothing when asked."""

import io

import pytest
from small_training import make_data, make_net

from cnncourse import train
from cnncourse.results import EpochRecord
from cnncourse.train.callbacks import Progress, best_epoch, early_stop_reason


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def no_notebook(monkeypatch):
    monkeypatch.setattr("cnncourse.train.callbacks.in_notebook", lambda: False)


def run():
    train.fit(make_net(), make_data(), make_data(seed=1), train.TrainConfig(epochs=2, batch_size=16))


def test_a_file_gets_one_line_per_epoch(no_notebook, monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    run()
    lines = log.getvalue().splitlines()
    assert lines[0] == "Sequential on bands: cpu, float32"
    assert [line.split("  ")[0] for line in lines[1:]] == ["epoch 1/2", "epoch 2/2"]
    assert "validation loss" in lines[1]
    assert "\r" not in log.getvalue()


def test_a_terminal_sees_a_bar_that_vanishes(no_notebook, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    run()
    assert "4/4" in screen.getvalue() or "0/4" in screen.getvalue()
    assert "\r" in screen.getvalue()


def test_a_notebook_prints_to_stdout(monkeypatch, capsys):
    monkeypatch.setattr("cnncourse.train.callbacks.in_notebook", lambda: True)
    run()
    captured = capsys.readouterr()
    assert "epoch 2/2" in captured.out
    assert captured.err == ""


def test_the_book_gets_lines_only(monkeypatch, capsys):
    monkeypatch.setattr("cnncourse.train.callbacks.in_notebook", lambda: True)
    monkeypatch.setenv("CNNCOURSE_BOOK", "1")
    run()
    assert "\r" not in capsys.readouterr().out


def test_progress_off_prints_nothing(capsys):
    train.fit(make_net(), make_data(), config=train.TrainConfig(epochs=1, progress=False))
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_the_line_holds_the_figures(no_notebook, capsys):
    Progress(12).line(EpochRecord(3, 0.12345, 0.98765, None, None, 0.1, 4.25))
    assert capsys.readouterr().err == "epoch  3/12  loss 0.1235  accuracy 98.77%  4.2 s\n"


def records(*losses):
    return [EpochRecord(i + 1, 1.0, 0.5, loss, 0.5, 0.1, 1.0) for i, loss in enumerate(losses)]


@pytest.mark.parametrize(
    "losses, patience, stops",
    [
        ((3, 2, 1), 1, False),
        ((1, 2), 1, True),
        ((1, 2, 3), 3, False),
        ((3, 1, 2, 1), 2, True),
        ((1, 9, 9), 0, False),
    ],
)
def test_early_stop_counts_epochs_since_the_best(losses, patience, stops):
    assert (early_stop_reason(records(*losses), patience) is not None) == stops


def test_best_epoch_is_the_earliest_of_equals():
    assert best_epoch(records(3, 1, 2, 1)) == 2
    assert best_epoch(records(None, None)) == 0
