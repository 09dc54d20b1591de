"""A line in a stored output that is seen only where the output's script did not run.

JupyterLab and Notebook 7 take scripts and styles out of a notebook that they do not trust, and leave the
controls, greyed out. The line stands in the HTML as it is, since no style could show it there. The script
that starts the controls takes it away before the output is drawn. The book has no notebook to trust: its
builder takes the line out.
"""

from __future__ import annotations

import html


def script_note(off: str) -> str:
    """Return the line that says why controls do nothing (``off``, a sentence), and what to do.

    What stands in ``cnx-trust`` holds only where the script is in the notebook: the book's copies to download
    come without.

    Examples
    --------
    >>> import re
    >>> print(re.sub("<.*?>", "", script_note("The slider is off.")))
    The slider is off. Run the cells (Run → Run All Cells) or trust the notebook
    (View → Activate Command Palette → Trust Notebook).
    """
    return (
        f'<p class="cnx-off"><strong>{html.escape(off)}</strong> Run the cells (Run → Run All Cells)'
        '<span class="cnx-trust"> or trust the notebook (View → Activate Command Palette → Trust Notebook)'
        "</span>.</p>"
    )
