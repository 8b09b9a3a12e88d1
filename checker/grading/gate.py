"""The static gate: what an honest threading answer never says, refused by name of construct before it runs.

The gate is not the wall (that is the sandbox, and that the parent judges); it keeps the known frauds out,
with a reason that an instructor can read. What it refuses goes to manual review and is never marked zero in
silence.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import string
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from checker.engine import lazy
from checker.grading import words
from checker.grading.slicing import bound


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused and where."""

    line: int
    construct: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.construct}"


def refusals(
    statements: Sequence[ast.stmt],
    *,
    trusted: Iterable[str] = (),
    reserved: Iterable[str] = (),
    context: Sequence[ast.stmt] = (),
) -> list[Refusal]:
    """What the gate refuses in the learner's statements, in the order of lines; empty for an honest answer.

    Args:
        trusted: names that the notebook gives (imports and given classes): their attributes are not
        assigned to, and no function rebinds them.
        reserved: names that the checks use: where they are builtins, they are not redefined at top level, nor by
        a function that says `global`.
        context: statements of the learner's other cells: what they import is known here by the same names.
    """
    shadowing = frozenset(reserved) & frozenset(dir(builtins))
    visitor = _Gate(frozenset(trusted), shadowing)
    for statement in context:
        with contextlib.suppress(RecursionError):
            visitor.visit(statement)
    visitor.begin()
    for statement in [*statements, *statements]:  # again, for functions above the imports that they use
        for name in bound(statement):
            visitor.named(statement, name)
            if name in shadowing:
                visitor.refuse(statement, f"redefining the builtin {name}, which a check uses")
        try:
            visitor.visit(statement)
        except RecursionError:
            visitor.refuse(statement, "an expression nested too deep to be read")
    visitor.end()
    return sorted(set(visitor.found), key=lambda refusal: (refusal.line, refusal.construct))


class _Gate(ast.NodeVisitor):
    def __init__(self, trusted: frozenset[str], shadowing: frozenset[str]) -> None:
        self.found: list[Refusal] = []
        self._trusted = set(trusted)
        self._kept = trusted | shadowing | words.PUBLIC
        #: The learner's name -> what it stands for, None if unknown; at first the modules that the notebook imports.
        self._imported: dict[str, Any] = {name: _loaded(name) for name in trusted if name in words.MODULES}
        self._partly: dict[str, ast.AST] = {}  # module of `PARTS` -> the import that no harmless use has explained yet
        self._explained: set[str] = set()  # the others
        self._parts: set[str] = set()  # the learner's names for these modules
        self._locals: list[set[str]] = []  # names of the functions around, innermost last
        self._named: set[int] = set()  # nodes where a module may stand by itself
        self._called: set[int] = set()  # lookups of `__get__` that are called at once
        self._in_class = False  # directly in the body of a class: what is bound there becomes an attribute

    def begin(self) -> None:
        """Forget what was refused in the context."""
        self.found.clear()
        self._partly.clear()

    def end(self) -> None:
        """Refuse imports of which nothing harmless was used."""
        for name, node in self._partly.items():
            self.refuse(node, f"import of {name}")

    def refuse(self, node: ast.AST, construct: str) -> None:
        self.found.append(Refusal(getattr(node, "lineno", 0), construct))

    # imports, and what they make reachable

    def visit_Import(self, node: ast.Import) -> None:
        if self._in_class:
            self.refuse(node, "an import in the body of a class")
        for alias in node.names:
            if alias.name in words.PARTS:
                name = alias.asname or alias.name
                self._imported[name] = importlib.import_module(alias.name)
                self._parts.add(name)
                if alias.name not in self._explained:
                    self._partly.setdefault(alias.name, node)
                continue
            module = self._module(node, alias.name)
            root = alias.name.split(".")[0]
            self._imported[alias.asname or root] = module if alias.asname else _loaded(root)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module == "checker":
            for alias in node.names:
                if alias.name not in words.PUBLIC:
                    self.refuse(node, f"import of {alias.name} from the checker")
            return
        if node.level == 0 and node.module in words.PARTS:
            for alias in node.names:
                self._part(node, node.module, alias.name)
            return
        module = self._module(node, "." if node.level else node.module or ".")
        for alias in node.names:
            if alias.name == "*":
                self._imported.update((name, _member(module, name)) for name in _public(module))
                continue
            self._attribute(node, alias.name)
            if alias.name.startswith("_") or alias.name == "open":
                self.refuse(node, f"import of {alias.name} from {node.module}")
            if alias.name in words.GETTERS and alias.asname not in (None, alias.name):
                self.refuse(node, f"{alias.name} under another name")
            member = _member(module, alias.name) or _loaded(f"{node.module}.{alias.name}")
            self._reached(node, member, f"{node.module}.{alias.name}")
            if self._in_class and isinstance(member, ModuleType):
                self.refuse(node, "an import in the body of a class")
            self._imported[alias.asname or alias.name] = member

    def _module(self, node: ast.AST, path: str) -> ModuleType | None:
        if not is_open(path):
            self.refuse(node, f"import of {path}")
        return _loaded(path)

    def _object(self, node: ast.AST) -> Any:
        """What a name, or a chain of attributes of one, stands for, if an import says so; else None."""
        if isinstance(node, ast.Attribute):
            return _member(self._object(node.value), node.attr)
        return self._imported.get(node.id) if isinstance(node, ast.Name) else None

    def _part(self, node: ast.AST, module: str, name: str) -> None:
        """A use of a module of which only a part is open."""
        if name in words.PARTS[module]:
            self._partly.pop(module, None)
            self._explained.add(module)
        else:
            self.refuse(node, f"import of {module} for {name}")

    def _reached(self, node: ast.AST, found: Any, text: str) -> None:
        if found is string.Formatter or text in words.CLOSED:
            self.refuse(node, f"the attribute {text}")
        elif isinstance(found, ModuleType) and not is_open(found.__name__):
            self.refuse(node, f"the module {found.__name__} as {text}")

    # names and attributes

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in words.NAMES and isinstance(node.ctx, ast.Load):
            self.refuse(node, f"the name {node.id}")
        self.named(node, node.id)
        if node.id in words.GETTERS:
            self.refuse(node, f"{node.id} that is not called at once")
        elif node.id in self._imported and isinstance(node.ctx, ast.Load):
            found = self._imported[node.id]
            if node.id not in self._parts:
                self._attribute(node, node.id)
                self._reached(node, found, node.id)
            shadowed = any(node.id in names for names in self._locals)
            if isinstance(found, ModuleType) and id(node) not in self._named and not shadowed:
                self.refuse(node, f"the module {node.id} handed on as a value")

    def named(self, node: ast.AST, name: str) -> None:
        """Refuse a name such as `__builtins__`, however it is bound."""
        if _dunder(name) and name not in words.DUNDER_NAMES and name not in words.DUNDERS:
            self.refuse(node, f"the name {name}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr != "__dict__" or self._given(node.value):  # of a threading.local, it is honest
            self._attribute(node, node.attr)
        if node.attr in words.GETTERS:
            self.refuse(node, f"{node.attr} that is not called at once")
        if node.attr in words.SETTERS:
            self.refuse(node, f"{ast.unparse(node)[:60]} on what is not the answer's own")
        owner = self._object(node.value)
        self._named.add(id(node.value))
        if isinstance(owner, ModuleType) and owner.__name__ in words.PARTS:
            self._part(node, owner.__name__, node.attr)
        elif isinstance(owner, ModuleType):
            found = self._object(node)
            self._reached(node, found, f"{owner.__name__}.{node.attr}")
            if isinstance(found, ModuleType) and isinstance(node.ctx, ast.Load) and id(node) not in self._named:
                self.refuse(node, f"the module {ast.unparse(node)} handed on as a value")
        from_module = owner is not None or isinstance(node.value, ast.Name) and node.value.id in self._imported
        if from_module and (node.attr.startswith("_") and not _dunder(node.attr) or node.attr == "open"):
            self.refuse(node, f"the private name {ast.unparse(node)}")
        if isinstance(node.ctx, (ast.Store, ast.Del)) and self._given(node.value):
            self.refuse(node, f"assignment to {ast.unparse(node)[:60]}, which is not the answer's own")
        self.generic_visit(node)

    def _attribute(self, node: ast.AST, name: str) -> None:
        if _dunder(name) and name not in words.DUNDERS:
            self.refuse(node, f"the attribute {name}")
        elif name in words.ATTRIBUTES or name.startswith(words.PREFIXES):
            self.refuse(node, f"the attribute {name}")
        elif name == "__get__" and id(node) not in self._called:
            self.refuse(node, "__get__ that is not called at once")

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self._attribute(node, name)
        self.generic_visit(node)

    def _given(self, node: ast.AST) -> bool:
        """Whether it belongs to what the notebook or an import gives, or to the class of such an object."""
        of_class = False
        while True:
            if isinstance(node, ast.Attribute):
                of_class, node = of_class or node.attr == "__class__", node.value
            elif isinstance(node, ast.Call) and _called(node) == "type" and len(node.args) == 1:
                of_class, node = True, node.args[0]
            elif isinstance(node, ast.Call) and of_class:
                node = node.func
            else:
                return isinstance(node, ast.Name) and (node.id in self._imported or node.id in self._trusted)

    # binding

    def visit_Global(self, node: ast.Global) -> None:
        for name in self._kept & set(node.names):
            self.refuse(node, f"global {name}, which a check may use")
        for name in node.names:
            self.named(node, name)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._aliases(node.targets, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._aliases([node.target], node.value)
        self.generic_visit(node)

    def _aliases(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        """Another name for what an import or the notebook gives is treated like the first."""
        if isinstance(value, (ast.Name, ast.Attribute)) and self._given(value):
            if any(isinstance(target, ast.Name) for target in targets) and not self._in_class:
                self._named.add(id(value))
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            found = self._object(value)
            if found is None:
                self._trusted.update(names)
            else:
                self._imported.update(dict.fromkeys(names, found))

    # calls

    def visit_Call(self, node: ast.Call) -> None:
        lookup = _called(node) or getattr(node.func, "attr", "")
        function: ast.AST = node.func
        if node.args and not isinstance(node.args[0], ast.Starred):
            self._called.add(id(function))  # the guard looks at the argument
        if lookup in words.LOOKUPS | {"hasattr"} and node.args:
            self._named.add(id(node.args[0]))
        if lookup in words.GETTERS:
            for name in node.args if lookup == "attrgetter" else node.args[:1]:
                self._looked_up(node, lookup, name)
        elif lookup in words.LOOKUPS and isinstance(function, ast.Name):
            wanted = node.args[1] if len(node.args) > 1 else None
            self._looked_up(node, lookup, wanted)
            if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str):
                self.visit(ast.copy_location(ast.Attribute(node.args[0], wanted.value, ast.Load()), node))
            if lookup != "getattr" and node.args and self._given(node.args[0]):
                self.refuse(node, f"{lookup} on {ast.unparse(node.args[0])[:40]}, which is not the answer's own")
        elif isinstance(function, ast.Name) and lookup == "vars" and len(node.args) == 1:
            if self._given(node.args[0]):
                self.refuse(node, f"vars of {ast.unparse(node.args[0])[:40]}, which is not the answer's own")
        elif lookup not in words.SETTERS or not self._own(node):
            self.generic_visit(node)
            return
        if isinstance(function, ast.Attribute):
            self._named.add(id(function.value))
        for child in [*ast.iter_child_nodes(function), *node.args, *node.keywords]:
            self.visit(child)

    def _looked_up(self, node: ast.AST, lookup: str, name: ast.AST | None) -> None:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            for part in name.value.split("."):
                self._attribute(node, part)
                if part in words.SETTERS:
                    self.refuse(node, f"{lookup} of {part}")
        else:
            self.refuse(node, f"{lookup} with a computed name")

    def _own(self, call: ast.Call) -> bool:
        """Whether `x.__setattr__(…)` changes `self`: as `object`'s, `super()`'s or its own."""
        base = getattr(call.func, "value", None)
        if isinstance(base, ast.Call) and _called(base) == "super":
            return not base.args or _is_own(base.args[-1])
        return _is_own(base) or bool(call.args) and _is_own(call.args[0])

    # definitions and annotations

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._definition(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if _dunder(node.name) and node.name not in words.DUNDERS | words.DEFINED:
            self.refuse(node, f"a method {node.name}")
        self._annotation(node.returns)
        self._function(node, {name for statement in node.body for name in bound(statement)})

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, set())

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, own: set[str]) -> None:
        """Visit a function, whose parameters and variables are no modules even if they are called like one."""
        for each in ast.walk(node):
            if isinstance(each, ast.Global):
                own -= set(each.names)
            elif isinstance(each, (ast.Import, ast.ImportFrom)):
                own -= bound(each)
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        own |= {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)}
        defaults = list(zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True))
        defaults += [(arg, value) for arg, value in zip(arguments.kwonlyargs, arguments.kw_defaults) if value]
        for argument, value in defaults:
            found = self._object(value)
            if isinstance(found, ModuleType):  # such as `clock=time`
                self._named.add(id(value))
                self._imported[argument.arg] = found
                own.discard(argument.arg)
        in_class, self._in_class = self._in_class, False
        self._locals.append(own)
        self.generic_visit(node)
        self._locals.pop()
        self._in_class = in_class

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        in_class, self._in_class = self._in_class, True
        self.generic_visit(node)
        self._in_class = in_class

    def visit_arg(self, node: ast.arg) -> None:
        self._annotation(node.annotation)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self._aliases([node.target], node.value)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        root: ast.AST = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and (root.id in self._imported or root.id in words.GENERICS):
            self._annotation(node)  # such as Optional["…"], to be used in an annotation later
        self.generic_visit(node)

    def _annotation(self, node: ast.AST | None) -> None:
        """Read the parts of an annotation that are in quotes as code, for `typing` can evaluate them."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                quoted = ast.parse("\n" * (node.lineno - 1) + node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return  # words; nobody can evaluate them
            self._annotation(quoted)
            self.visit(quoted)
        elif isinstance(node, ast.Subscript) and self._object(node.value) is typing.Literal:
            return
        elif isinstance(node, ast.Subscript) and self._object(node.value) is typing.Annotated:
            self._annotation(
                node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            )
        elif node is not None:
            for child in ast.iter_child_nodes(node):
                self._annotation(child)


def is_open(path: str) -> bool:
    """Whether an answer may import the module."""
    root, *below = path.split(".")
    return root in words.MODULES and path not in words.CLOSED and not any(part.startswith("_") for part in below)


def _loaded(path: str) -> ModuleType | None:
    """The module of the standard library, if an answer may import it and it exists."""
    try:
        return importlib.import_module(path) if is_open(path) else None
    except ImportError:
        return None


def _member(owner: Any, name: str) -> Any:
    found = vars(owner).get(name) if isinstance(owner, (ModuleType, type)) else None
    return lazy.resolved(found)


def _public(module: ModuleType | None) -> list[str]:
    """The names that `from module import *` binds."""
    if module is None:
        return []
    return getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_own(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name) and node.id in words.OWN


def _dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
