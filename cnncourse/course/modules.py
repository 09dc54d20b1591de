"""The course's ES modules in the two forms that run everywhere: one module of all, or classic scripts.

`anywidget` takes a module as one text, in which a relative import leads nowhere; a page opened as a file may
not import modules at all. So a module and what it imports are put one after the other, each in a function of
its own. Only the few forms of import and export that the course uses are known; any other is an error.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

PACKAGE = Path(__file__).resolve().parent.parent

_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)
_FROM = re.compile(r'^(import|export)\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*$|^.*\bimport\(.*$", re.MULTILINE)
_REGISTRY = """const cnnLive = {
  modules: {},
  define(name, needs, make) { this.modules[name] = make(...needs.map((need) => this.modules[need])); },
};
"""


def joined(name: str) -> str:
    """Return a module and all it imports as one ES module, as `anywidget` takes it.

    Parameters
    ----------
    name : str
        The file, relative to the package: ``"course/live/ops.js"``.

    Returns
    -------
    str
        Text whose default export is that of the module.
    """
    parts = "\n".join(script for _, script in scripts(name))
    return f'{_REGISTRY}{parts}\nexport default cnnLive.modules["{name}"].default;\n'


def scripts(name: str) -> list[tuple[str, str]]:
    """Return a module and all it imports as classic scripts, in the order in which they must run.

    Parameters
    ----------
    name : str
        The file, relative to the package.

    Returns
    -------
    list of (str, str)
        Name and text of each; the texts call ``cnnLive.define``.

    Raises
    ------
    ValueError
        If a file is missing, two import each other, or a form of import or export is not known here.

    Examples
    --------
    >>> [name for name, _ in scripts("course/live/ops/pad.js")]
    ['course/live/ops/tensor.js', 'course/live/ops/pad.js']
    """
    found: dict[str, str] = {}
    _collect(name, (), found)
    return list(found.items())


def _collect(name: str, above: tuple[str, ...], found: dict[str, str]) -> None:
    if name in above:
        raise ValueError(
            f"{name} imports itself by way of {', '.join(above)}. Move what both need to a third."
        )
    path = PACKAGE / name
    if not path.is_file():
        asked = f" that {above[-1]} imports" if above else ""
        raise ValueError(f"there is no module {name}{asked}. Names are relative to the package.")
    text, needs = _wrapped(name, path.read_text(encoding="utf-8"))
    for need in needs:
        if need not in found:
            _collect(need, (*above, name), found)
    found[name] = text


def _wrapped(name: str, source: str) -> tuple[str, list[str]]:
    """Return the module as a call of ``cnnLive.define``, and the names of the modules it needs."""
    needs: list[str] = []
    exported: list[str] = []

    def replace(match: re.Match[str]) -> str:
        kind, names, target = match.groups()
        need = _resolved(name, target)
        if need not in needs:
            needs.append(need)
        place = f"$from{needs.index(need)}"
        pairs = [part.split(" as ") for part in re.sub(r"\s+", " ", names).strip(" ,").split(", ")]
        if kind == "import":
            return f"const {{ {', '.join(': '.join(pair) for pair in pairs)} }} = {place};\n"
        exported.extend(f"{pair[-1]}: {place}.{pair[0]}" for pair in pairs)
        return ""

    def declare(match: re.Match[str]) -> str:
        exported.append(match[2])
        return f"{match[1]} {match[2]}"

    text = _DECLARED.sub(declare, _FROM.sub(replace, _COMMENT.sub("", source)))
    if _DEFAULT.search(text):
        text = _DEFAULT.sub("const $default = ", text, count=1)
        exported.append("default: $default")
    unknown = _UNKNOWN.search(text)
    if unknown:
        raise ValueError(
            f"{name}: {unknown[0].strip()!r} is no form of import or export that the course uses. Write "
            'import { a, b as c } from "./file.js"; or export before function, class or const.'
        )
    inside = ", ".join(f"$from{i}" for i in range(len(needs)))
    listed = ", ".join(f'"{need}"' for need in needs)
    back = f"return {{ {', '.join(exported)} }};" if exported else "return {};"
    return (
        f'cnnLive.define("{name}", [{listed}], ({inside}) => {{\n"use strict";\n{text}{back}\n}});\n',
        needs,
    )


def _resolved(name: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def styles(name: str) -> list[str]:
    """Return the style sheets of an explorer: the common one, and its own if there is one beside it."""
    paths = [PACKAGE / "course/live/live.css", (PACKAGE / name).with_suffix(".css")]
    return [path.read_text(encoding="utf-8") for path in paths if path.is_file()]


def host() -> str:
    """Return the script that starts the explorers of a static page."""
    return _COMMENT.sub("", (PACKAGE / "course/live/host.js").read_text(encoding="utf-8"))
