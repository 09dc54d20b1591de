"""The engine: what it accepts, what it says, and that no answer makes it raise."""

import html.parser
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.chapters.convolution.exercises import convolve2d, output_size
from cnncourse.course import case, check, names

NAME = "convolution.convolve2d"


def details(result) -> dict:
    return dict(result.details)


def test_unknown_name_lists_near_ones():
    with pytest.raises(
        ValueError, match=r"'convolution.convolv2d'.*Did you mean .*'convolution\.convolve2d'"
    ):
        check("convolution.convolv2d", 1)
    with pytest.raises(ValueError, match=r"'output_size'.*'convolution\.output_size'"):
        check("output_size", output_size)
    with pytest.raises(ValueError, match=r"There are '.*', …"):
        check("zzzz", 1)


def test_name_and_answer_exchanged():
    with pytest.raises(TypeError, match="name first"):
        check(convolve2d, NAME)


def test_shape_is_named_before_values():
    result = check(NAME, lambda image, kernel: np.zeros(image.shape))
    assert "shape" in result.message
    assert details(result)["expected"] == "shape (2, 2)"
    assert details(result)["got"] == "shape (3, 3)"


def test_worst_element_is_named():
    def one_wrong(image, kernel):
        out = convolve2d(image, kernel)
        out[-1, 0] += 7
        out[0, 0] += 1
        return out

    result = check(NAME, one_wrong)
    assert result.message == "case 1 of 5: 2 of 4 elements differ, most at [1, 0]"
    assert "[[8, 10], [32, 34]]" in details(result)["got"]


def test_error_is_reported_with_its_line():
    source = "def broken(image, kernel):\n    size = image.shape\n    return size[7]\n"
    namespace = {}
    exec(compile(source, "<a cell>", "exec"), namespace)
    result = check(NAME, namespace["broken"])
    assert result.status == "fail"
    assert details(result)["got"] == "IndexError: tuple index out of range"
    assert details(result)["where"].startswith("line 3")
    assert "index" in result.hint


def test_the_line_is_the_learners_even_if_numpy_raises():
    def broken(image, kernel):
        return np.linalg.inv(image[0])

    result = check(NAME, broken)
    assert "np.linalg.inv(image[0])" in details(result)["where"]


@pytest.mark.parametrize("stop", [SystemExit, NotImplementedError, RecursionError, GeneratorExit])
def test_even_exit_is_reported(stop):
    def stopping(image, kernel):
        raise stop

    result = check(NAME, stopping)
    assert result.status == ("not attempted" if stop is NotImplementedError else "fail")


def test_forgotten_return_is_not_the_stub():
    def no_return(image, kernel):
        out = convolve2d(image, kernel)
        print(out.shape)

    result = check(NAME, no_return)
    assert result.status == "fail"
    assert "`return`" in result.hint


def _empty():
    def dots(image, kernel): ...

    def passing(image, kernel):
        pass

    def returns_nothing(image, kernel):
        """Docstring."""
        return

    def returns_dots(image, kernel):
        return ...

    def not_implemented(image, kernel):
        raise NotImplementedError

    return [
        dots,
        passing,
        returns_nothing,
        returns_dots,
        not_implemented,
        lambda image, kernel: None,
        None,
        ...,
    ]


@pytest.mark.parametrize("answer", _empty())
def test_nothing_done_is_not_attempted(answer):
    assert check(NAME, answer).status == "not attempted"


def test_half_filled_value_is_not_finished():
    result = check("convolution.correlate_by_hand", [[0, -765, ..., 0]] + [[...] * 4] * 3)
    assert result.status == "not attempted"
    assert "13 of 16" in result.message
    stored_as_array = check("convolution.correlate_by_hand", np.array([[...] * 4] * 4))
    assert stored_as_array.message == "not attempted yet"


def test_value_of_a_call_in_place_of_the_function():
    result = check("convolution.output_size", output_size(5, 3))
    assert result.status == "fail"
    assert "without parentheses: `output_size`" in result.hint


def test_function_in_place_of_a_value():
    assert "value, not a function" in check("convolution.correlate_by_hand", output_size).message


def test_other_arguments_are_named():
    result = check("convolution.output_size", lambda size: size)
    assert details(result)["expected"] == "output_size(size, kernel_size)"
    assert details(result)["got"] == "<lambda>(size)"


def test_changed_argument_is_told():
    def in_place(image, kernel):
        out = convolve2d(image, kernel)
        kernel[:] = 0
        return out

    result = check(NAME, in_place)
    assert result.status == "fail"
    assert "`kernel`" in result.hint
    assert "`image`" not in result.hint


def test_what_comes_one_by_one_is_taken():
    def one_by_one(labels, num_classes):
        for label in labels:
            yield np.eye(num_classes)[label]

    def without_end(labels, num_classes):
        while True:
            yield [0] * num_classes

    assert check("neuron.one_hot", one_by_one)
    assert check("neuron.one_hot", lambda labels, n: map(np.eye(n).__getitem__, labels))
    assert check("neuron.one_hot", without_end).status == "fail"


def test_other_right_answers_pass():
    def by_windows(image, kernel):
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        return np.einsum("ijkl,kl->ij", windows, kernel[::-1, ::-1])

    def by_columns(image, kernel):
        windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
        return (windows.reshape(*windows.shape[:2], -1) @ kernel.ravel()[::-1]).astype(np.float32)

    assert check(NAME, by_windows)
    assert check(NAME, by_columns)


def test_extra_leading_axes_pass_and_others_fail():
    assert check(NAME, lambda image, kernel: convolve2d(image, kernel)[None, None])
    assert not check(NAME, lambda image, kernel: convolve2d(image, kernel)[..., None])


def test_half_precision_passes_within_its_rounding():
    assert check(NAME, lambda image, kernel: convolve2d(image, kernel).astype(np.float16))


@pytest.mark.parametrize("factor", [0.99, 1.005, 1.01])
def test_half_precision_that_is_one_per_cent_off_is_told_of_precision(factor):
    result = check(NAME, lambda image, kernel: (factor * convolve2d(image, kernel)).astype(np.float16))
    assert result.status == "fail"
    assert "float16, which keeps three digits" in result.hint


def test_small_errors_in_double_precision_fail():
    assert not check(NAME, lambda image, kernel: convolve2d(image, kernel) * (1 + 1e-4))


def test_any_edge_kernel_passes():
    for kernel in ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], np.array([[0, 1, 0], [0, -1, 0], [0, 0, 0]]) / 1000):
        assert check("convolution.edge_kernel", kernel)
    assert not check("convolution.edge_kernel", np.full((3, 3), np.nan))
    assert not check("convolution.edge_kernel", [[1], [-1]])


def test_case_returns_copies_of_the_arguments():
    image, _ = case(NAME, 1)
    image[:] = 0
    assert case(NAME, 1)[0].any()
    for number in (0, 6):
        with pytest.raises(ValueError, match="5 cases"):
            case(NAME, number)
    with pytest.raises(ValueError, match="is a value"):
        case("convolution.edge_kernel", 1)


class Parser(html.parser.HTMLParser):
    """Checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "answer",
    [..., convolve2d, lambda image, kernel: "<script>alert(1)</script>", lambda image, kernel: 1 / 0],
)
def test_html_is_well_formed_and_static(answer):
    result = check(NAME, answer)
    page = result._repr_html_()
    parser = Parser()
    parser.feed(page)
    assert parser.open == []
    assert "<script" not in page
    assert "url(" not in page
    words = {"pass": "Right", "fail": "Not yet right", "not attempted": "Not attempted yet"}
    assert f"<strong>{words[result.status]}</strong>" in page  # not by colour alone
    assert page == check(NAME, answer)._repr_html_()
    assert repr(result) == str(result)


def test_text_in_an_error_is_escaped():
    def raising(image, kernel):
        raise ValueError("a < b & <b>bold</b>")

    assert "&lt;b&gt;bold" in check(NAME, raising)._repr_html_()


class Hostile:
    """An object whose every method fails."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __array__(self, *args, **kwargs):
        raise RuntimeError("array")

    def __repr__(self):
        raise RuntimeError("repr")

    def __eq__(self, other):
        raise RuntimeError("eq")

    __hash__ = None


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError("str")


class HostileCallable(Hostile):
    def __call__(self, *args):
        raise HostileError


SELF_CONTAINING = []
SELF_CONTAINING.append(SELF_CONTAINING)

GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.recursive(
        st.one_of(st.integers(-9, 9), st.none(), st.just(...), st.text(max_size=2)),
        lambda inner: (
            st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.integers(), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from(
        [Hostile(), SELF_CONTAINING, object, int, np, NAME.join, np.float32(3), np.array(["a", None])]
    ),
    st.sampled_from(
        [(i for i in range(3)), np.ma.masked, np.zeros((0, 3)), np.full((4, 4), np.inf), 10**400, {1}]
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(names()), GARBAGE, st.booleans())
def test_no_answer_makes_the_checker_raise_or_pass(name, garbage, in_function):
    result = check(name, (lambda *args: garbage) if in_function else garbage)
    assert result.status in ("fail", "not attempted")
    assert isinstance(str(result), str)
    assert isinstance(result._repr_html_(), str)


@pytest.mark.parametrize("name", names())
def test_hostile_callables(name):
    for answer in (HostileCallable(), int, len, print, Hostile, lambda *args: Hostile()):
        assert check(name, answer).status == "fail"


def test_no_warning_and_no_trace_stays_behind(recwarn):
    import sys

    before = sys.gettrace()
    check(NAME, convolve2d)
    check(NAME, lambda image, kernel: np.log(-1.0) / np.float64(0))
    assert sys.gettrace() is before
    assert len(recwarn) == 0


def test_text_form_is_deterministic():
    text = str(check(NAME, lambda image, kernel: convolve2d(image, kernel[::-1, ::-1])))
    assert re.sub(r"\s+", " ", text).startswith(
        "✗ convolution.convolve2d: case 1 of 5: 4 of 4 elements differ, most at [0, 1] "
        "input image = [[0, 1, 2], [5, 3, 8], [4, 9, 6]], kernel = [[0, 1], [2, 3]] "
        "expected [[7, 10], [25, 34]] got [[20, 32], [38, 44]] hint"
    )
