"""The notebook cells of an exercise, so that a chapter and the checker never say different things."""

from cnncourse.course import find


def notebook_cells(name: str) -> list[tuple[str, str]]:
    """Return ``("markdown" | "code", source)`` of the prompt, the stub, the check, and the folded solution.

    The prompt is a quotation and the fold an HTML element, which Colab, JupyterLab and VS Code show as well.
    The book turns the quotation into a box.

    Examples
    --------
    >>> [kind for kind, source in notebook_cells("convolution.output_size")]
    ['markdown', 'code', 'code', 'markdown']
    >>> print(notebook_cells("convolution.output_size")[0][1].splitlines()[0])
    > **Exercise: How many positions**
    >>> print(notebook_cells("convolution.output_size")[2][1])
    check("convolution.output_size", output_size)
    """
    exercise = find.exercise_named(name)
    lines = [f"**Exercise: {exercise.title}**", "", *exercise.prompt.split("\n")]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    check = f'check("{name}", {exercise.variable})'
    folded = f"<details>\n<summary>Solution</summary>\n\n```python\n{exercise.solution}\n```\n\n</details>"
    return [("markdown", quoted), ("code", exercise.stub), ("code", check), ("markdown", folded)]
