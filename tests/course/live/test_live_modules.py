"""The two forms of the course's ES modules: what is put together, and what is refused."""

import pytest

from cnncourse.course import modules


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write modules into a package of their own: ``package(a="…", b="…")``."""
    monkeypatch.setattr(modules, "PACKAGE", tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")

    return write


def test_a_module_comes_after_what_it_imports_and_once(package):
    package(
        a='import { b } from "./b.js";\nimport { c } from "./c.js";\nexport const a = b + c;\n',
        b='import { c as d } from "./c.js";\nexport const b = d;\n',
        c="export const c = 1;\n",
    )
    assert [name for name, _ in modules.scripts("a.js")] == ["c.js", "b.js", "a.js"]


def test_every_form_of_import_and_export_that_the_course_uses(package):
    package(
        a="/** A comment. */\n"
        'import {\n  one,\n  two as second,\n} from "./b.js";\n'
        'export { three } from "./b.js";\n'
        "// Another.\n"
        "export async function f() {}\nexport class G {}\nexport const h = 1;\n"
        "export default { f };\n",
        b="export const one = 1;\nexport const two = 2;\nexport const three = 3;\n",
    )
    text = modules.scripts("a.js")[-1][1]
    assert "const { one, two: second } = $from0;" in text
    assert "return { three: $from0.three, f, G, h, default: $default };" in text
    assert "comment" not in text
    assert "Another" not in text
    assert "import" not in text
    assert "export" not in text


@pytest.mark.parametrize(
    "line",
    [
        'import all from "./b.js";',
        'import * as all from "./b.js";',
        'import "./b.js";',
        'import { b } from "somewhere";',
        "export let a = 1;",
        "const late = await import('./b.js');",
        "export { a };",
    ],
)
def test_other_forms_are_refused(package, line):
    package(a=f"{line}\n", b="export const b = 1;\n")
    with pytest.raises(ValueError, match=r"a\.js: .* is no form of import or export"):
        modules.scripts("a.js")


def test_a_circle_is_refused(package):
    package(
        a='import { b } from "./b.js";\nexport const a = 1;\n',
        b='import { a } from "./a.js";\nexport const b = 1;\n',
    )
    with pytest.raises(ValueError, match=r"a\.js imports itself by way of a\.js, b\.js"):
        modules.scripts("a.js")


def test_a_missing_file_is_named_with_who_asks_for_it(package):
    package(a='import { b } from "./b.js";\n')
    with pytest.raises(ValueError, match=r"no module b\.js that a\.js imports"):
        modules.scripts("a.js")


def test_every_module_of_the_course_can_be_put_together():
    names = [path.relative_to(modules.PACKAGE).as_posix() for path in modules.PACKAGE.rglob("live/**/*.js")]
    names = [name for name in names if not name.endswith("live/host.js")]
    assert len(names) > 10
    for name in names:
        assert modules.scripts(name)[-1][0] == name


def test_no_module_asks_anything_of_another_host():
    for path in modules.PACKAGE.rglob("live/**/*.js"):
        text = path.read_text(encoding="utf-8")
        assert "http:" not in text, path
        assert "https:" not in text, path
        assert "fetch(" not in text, path
