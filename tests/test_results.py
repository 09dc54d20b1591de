"""Records of training: means, columns, JSON there and back."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from cnncourse.results import EpochRecord, EvalResult, History


def make_history(**changes):
    records = [
        EpochRecord(1, 0.5, 0.8, None, None, 0.1, 2.0),
        EpochRecord(2, 0.25, 0.9, 0.3, 0.85, 0.01, 1.5),
    ]
    fields = {
        "records": records,
        "config": {"epochs": 2},
        "model": "lenet5",
        "data": "digits",
        "stopped": None,
    }
    return History(**{**fields, **changes})


def test_history_survives_json():
    history = make_history(stopped="interrupted")
    assert History.from_json(history.to_json()) == history


def test_history_survives_a_file(tmp_path):
    make_history().save(tmp_path / "history.json")
    assert History.load(tmp_path / "history.json") == make_history()


def test_column_gives_nan_where_nothing_was_measured():
    np.testing.assert_array_equal(make_history().column("valid_loss"), [np.nan, 0.3])


def test_column_refuses_an_unknown_name():
    with pytest.raises(ValueError, match=r"name='loss' is no column.*train_loss"):
        make_history().column("loss")


@pytest.mark.parametrize("text", ["", "[]", '{"records": 3, "colour": 1}', '{"records": [{"epoch": 1}]}'])
def test_history_refuses_other_texts(text):
    with pytest.raises(ValueError, match="text is not"):
        History.from_json(text)


def test_per_class_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    labels, predicted = rng.integers(0, 4, 60), rng.integers(0, 5, 60)  # class 4 is predicted and never there
    confusion = np.zeros((6, 6), np.int64)  # class 5 is neither
    np.add.at(confusion, (labels, predicted), 1)
    got = EvalResult(1.0, 0.5, confusion, tuple("abcdef")).per_class()
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predicted, labels=range(6), zero_division=0
    )
    np.testing.assert_allclose(got["precision"], precision)
    np.testing.assert_allclose(got["recall"], recall)
    np.testing.assert_allclose(got["f1"], f1)
    np.testing.assert_array_equal(got["support"], support)


def test_eval_result_survives_json_without_its_long_arrays():
    confusion = np.array([[3, 1], [0, 2]])
    result = EvalResult(0.4, 5 / 6, confusion, ("cat", "dog"), labels=np.zeros(6, np.int64))
    back = EvalResult.from_json(result.to_json())
    assert (back.loss, back.accuracy, back.classes, back.labels) == (0.4, 5 / 6, ("cat", "dog"), None)
    np.testing.assert_array_equal(back.confusion, confusion)
    with pytest.raises(ValueError, match="text is not a file of the format 'cnncourse evaluation 1'"):
        EvalResult.from_json(make_history().to_json())
