"""Only what an answer depends on is run, at the lines where it stood."""

import ast

import pytest

from checker.grading import slicing


def kept(cells, names):
    parsed = [slicing.parse(cell) for cell in cells]
    return [[ast.unparse(s) for s in part] for part in slicing.needed(parsed, names)]


def test_trials_are_left_out_and_helpers_kept():
    cell = "import time\nlimit = 3\nprint(limit)\ndef helper(): return limit\nhelper()\nfor i in range(9): print(i)"
    assert kept([cell], {"helper"}) == [["limit = 3", "def helper():\n    return limit"]]


def test_what_changes_a_needed_object_is_kept():
    cell = "known = {}\nknown['a'] = 1\nknown.update(b=2)\nother = {}\nother['a'] = 1\nknown.x = 3\ndel known['a']"
    lines = ["known = {}", "known['a'] = 1", "known.update(b=2)", "known.x = 3", "del known['a']"]
    assert kept([cell], {"known"}) == [lines]


CHANGES = {
    "of the library": ("heap = []\nheappush(heap, 3)\nheappush([], 3)\nlen(heap)", "heap", 2),
    "of its own": ("t = {}\ndef fill():\n    t[1] = 2\ndef show(): print(t)\nfill()\nshow()", "t", 3),
    "through another": ("n = 0\ndef f():\n    global n\n    n = 3\ndef g(): f()\nif True:\n    g()", "n", 4),
    "of what it is given": ("x, y = [], []\ndef f(a, b): b.append(a)\nf(x, y)\nf(y, x)", "y", 4),
    "as a decorator": ("R = []\ndef keep(f): R.append(f)\n@keep\ndef one(): pass\ndef two(): pass", "R", 3),
    "by making an object": ("R = []\nclass A:\n    def __init__(self): R.append(self)\na = A()", "R", 3),
    "only of its own variable": ("r = 3\ndef f():\n    r = []\n    r.append(1)\nf()", "r", 1),
    "in a circle": ("n = []\ndef f(): g()\ndef g():\n    f()\n    n.append(1)\nf()", "n", 4),
}


@pytest.mark.parametrize("text, name, count", CHANGES.values(), ids=CHANGES)
def test_what_a_called_function_changes_is_changed(text, name, count):
    (statements,) = kept([text], {name})
    assert len(statements) == count, statements


def test_names_are_followed_through_cells_and_compound_statements():
    cells = ["from threading import Lock as L", "if True:\n    lock = L()", "with open('x') as f:\n    data = f"]
    assert kept(cells, {"lock"}) == [["from threading import Lock as L"], ["if True:\n    lock = L()"], []]


def test_a_later_definition_is_kept_too():
    assert kept(["def f(): pass", "f = wrap(f)"], {"f"}) == [["def f():\n    pass"], ["f = wrap(f)"]]


def test_quoted_annotations_count_as_uses():
    assert kept(["class A: pass", "def f(x: 'A'): pass"], {"f"})[0] == ["class A:\n    pass"]


def test_locals_of_functions_are_not_bound():
    assert slicing.bound(slicing.parse("def f():\n    import os\n    x = 1")[0]) == {"f"}


@pytest.mark.parametrize(
    "magic", ["%timeit f()", "!ls", "?print", "print?", "%%time\nx = 1", "%matplotlib inline\nx = 1"]
)
def test_lines_of_ipython_are_left_out(magic):
    slicing.parse(magic)
    assert kept([magic + "\n" if magic.startswith("%%") else magic + "\ny = 2"], {"y"}) in ([["y = 2"]], [[]])


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 1", "%%capture out\n%%time", "\n%%prun"])
def test_cell_magics_that_run_python_leave_the_rest_of_the_cell(magic):
    source = f"{magic}\nx = 1\ny = 2"
    assert kept([source], {"y"}) == [["y = 2"]]
    assert slicing.parse(source)[-1].lineno == source.count("\n") + 1


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile x.py", "%%time\n%%bash"])
def test_other_cell_magics_drop_the_cell(magic):
    assert slicing.parse(f"{magic}\nx = 1") == []


@pytest.mark.parametrize(
    "line", ["t = %timeit -o f()", "files = !ls", "a.b, c[0] = !ls", "if y:\n    !ls", "f?", "f??"]
)
def test_a_magic_takes_only_its_own_line(line):
    cell = f"x = 1  # why?\n{line}\ny = x != 3"
    assert kept([cell], {"y"}) == [["x = 1", "y = x != 3"]]


@pytest.mark.parametrize("pattern", ["x", "[*x]", "{'a': 1, **x}", "int() as x", "A(b=[_, {'c': x}])"])
def test_what_a_pattern_captures_is_bound(pattern):
    assert slicing.bound(slicing.parse(f"match v:\n    case {pattern}: pass")[0]) == {"x"}


def test_modulo_is_no_magic():
    assert slicing.parse("x = (7\n% 3)")


@pytest.mark.parametrize("text", ["class", "x = '\0'", "(" * 5000, "x = " + "-" * 100_000 + "1"])
def test_what_cannot_be_parsed_is_a_syntax_error(text):
    with pytest.raises(SyntaxError):
        slicing.parse(text)


def test_the_kept_text_stays_on_its_lines():
    source = "a = 1\nprint(a)\n\n@property\ndef f():\n    return a  # why\n\ncheck(f, expect=3)\nb = 2"
    statements = slicing.parse(source)
    text = slicing.text(source, [statements[0], statements[2], statements[4]])
    assert text.split("\n") == ["a = 1", "", "", "@property", "def f():", "    return a", "", "", "b = 2"]


def test_statements_that_share_a_line_are_told_apart():
    source = "a = 1; secret = 2; b = 3\nc = 4"
    statements = slicing.parse(source)
    text = slicing.text(source, [statements[0], statements[2], statements[3]])
    assert "secret" not in text and text.split("\n")[1] == "c = 4"
    assert [ast.unparse(s) for s in slicing.parse(text)] == ["a = 1", "b = 3", "c = 4"]
