"""The notebook cells of an exercise, so that a chapter and the checker never say different things."""

from . import registry


def notebook_cells(name: str) -> list[tuple[str, str]]:
    """Return the cells that stand in the chapter for one exercise.

    Parameters
    ----------
    name : str
        Name of the exercise.

    Returns
    -------
    list of (str, str)
        ``("markdown" | "code", source)``: the prompt as a sphinx-exercise directive, the stub, the check, and
        the folded solution. The fold is an HTML element, so that it is folded in Colab and JupyterLab too.

    Examples
    --------
    >>> [kind for kind, source in notebook_cells("convolution.output_size")]
    ['markdown', 'code', 'code', 'markdown']
    >>> print(notebook_cells("convolution.output_size")[2][1])
    check("convolution.output_size", output_size)
    """
    exercise = registry.find(name)
    label = "ex-" + name.replace(".", "-").replace("_", "-")
    directive = f":::{{exercise}} {exercise.title}\n:label: {label}\n:nonumber:\n\n{exercise.prompt}\n:::"
    check = f'check("{name}", {exercise.variable})'
    folded = f"<details>\n<summary>Solution</summary>\n\n```python\n{exercise.solution}\n```\n\n</details>"
    return [("markdown", directive), ("code", exercise.stub), ("code", check), ("markdown", folded)]
