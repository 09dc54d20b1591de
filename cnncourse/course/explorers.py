"""`explorer`, `explore` and `quest`: one draw function, sliders wherever the notebook is read."""

from __future__ import annotations

import os


def explorer(title, alt, *, start=None, **choices):
    """Declare a draw function as an explorer, which `explore` then shows without further arguments.

    Parameters
    ----------
    title : str
        Stands above the drawing.
    alt : callable
        Takes the arguments of the draw function and returns the frame in words.
    start, **choices
        As in `explore`; none for a drawing that is only part of a quest.

    Returns
    -------
    callable
        A decorator that returns the draw function itself.

    Examples
    --------
    >>> @explorer("A square", lambda side: f"Its area is {side * side}.", side=[1, 2, 3])
    ... def square(side):
    ...     return f"<p>{side * side}</p>"
    >>> explore(square)
    Explorer: A square; sliders: side (3 values)
    """

    def declare(draw):
        draw.title, draw.alt, draw.start, draw.choices = title, alt, start, choices
        return draw

    return declare


def explore(draw, *, alt=None, title=None, start=None, **choices):
    """Show a drawing with a slider for each choice.

    In a live notebook a move of a slider calls ``draw``. In the rendered book every frame is drawn
    beforehand and the sliders work without a kernel.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` returns a matplotlib Figure, or a text of HTML or SVG. It must depend on its
        arguments alone: same values, same picture.
    alt : callable, optional
        ``alt(**values)`` returns the frame in words, with the numbers it shows, for readers who do not see
        it. Taken from ``draw.alt`` if there is one, else made of the values and the titles in the figure.
    title : str, optional
        Stands above the drawing. Taken from ``draw.title``, else from the name of ``draw``.
    start : dict, optional
        The value each slider shows first, by name; the first value of its list by default.
    **choices : sequence
        The values of each argument of ``draw``: a list, tuple, range or one-dimensional array. Without any,
        those that `explorer` declares.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind, or ``draw`` does not take the choices.
    ValueError
        If there is no choice, a choice is empty, ``start`` is no value of its list, or the page without a
        kernel would need more than 36 frames.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> def power(exponent):
    ...     fig = Figure(figsize=(4, 3))
    ...     fig.add_subplot().plot([x ** exponent for x in range(5)])
    ...     return fig
    >>> explore(power, exponent=[1, 2, 3])
    Explorer: Power; sliders: exponent (3 values)
    """
    # Imported here: who only checks an exercise need not wait for matplotlib.
    from cnncourse.course.frames import make_explorer

    _show(make_explorer(draw, choices, alt=alt, title=title, start=start))


def quest(draw, solved, *, prompt, alt=None, title=None, start=None, **choices):
    """Show an exercise that is answered with sliders.

    Parameters
    ----------
    draw, alt, title, start, **choices
        As in `explore`.
    solved : callable
        ``solved(**values)`` returns ``(bool, str)``: whether this is the answer, and a hint in words.
    prompt : str
        What to look for.

    Raises
    ------
    TypeError
        As `explore`; also if ``solved`` returns anything but ``(bool, str)``.
    ValueError
        As `explore`; also if the quest is solved where it starts, or ``prompt`` is empty.

    Examples
    --------
    >>> def square(side):
    ...     return f"<p>{side} × {side} = {side * side}</p>"
    >>> def is_nine(side):
    ...     return side == 3, "Right." if side == 3 else f"{side * side} is not 9."
    >>> quest(square, is_nine, prompt="Make a square of area 9.", side=[1, 2, 3, 4])
    Quest: Square; sliders: side (4 values)
    """
    if not isinstance(prompt, str) or not prompt.strip():
        raise ValueError(
            f"prompt: got {prompt!r}, but a quest must say what to look for. Write it as one or two "
            "sentences."
        )
    if solved is None:
        raise TypeError(
            "solved: got None, but a quest needs a judge. Pass a function that returns (bool, str)."
        )
    from cnncourse.course.frames import make_explorer

    explorer = make_explorer(draw, choices, alt=alt, title=title, start=start, solved=solved, prompt=prompt)
    if explorer.solved(**explorer.values(explorer.start))[0]:
        raise ValueError(
            f"start: the quest is solved where it starts ({explorer.words(explorer.start)}). "
            "Start at a wrong answer, with start={…} or another first value."
        )
    _show(explorer)


def _show(explorer):
    if is_live():
        from IPython.display import HTML, display

        from cnncourse.course.kernel_form import KernelForm

        live = KernelForm(explorer)
        display(HTML(live.script))
        display(live.bundle, raw=True)
        return
    from cnncourse.course.static_form import StaticForm

    form = StaticForm(explorer)
    try:
        from IPython.display import display
    except ImportError:
        print(form)
    else:
        display(form)


def is_live():
    """Whether there is a kernel whose sliders can call back."""
    if os.environ.get("CNNCOURSE_BOOK") == "1":
        return False
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
