"""The static gate: what an honest threading answer never says, refused by name of construct before it runs.

The gate is not the wall (that is the sandbox, and that the parent judges); it keeps the known frauds out,
with a reason that an instructor can read. What it refuses goes to manual review and is never marked zero in
silence.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.grading.slicing import bound

#: Modules of the standard library that an answer may import (with what is below them).
MODULES = frozenset(
    """__future__ abc array asyncio binascii bisect calendar collections concurrent contextlib contextvars
    copy dataclasses datetime decimal enum errno fractions functools graphlib hashlib heapq io
    itertools json logging math numbers operator pprint queue random re secrets sched statistics
    string struct textwrap threading time traceback types typing uuid warnings weakref zlib""".split()
)
#: What may be imported from the checker itself, as the first cell of every notebook does.
PUBLIC = frozenset({"check", "discuss", "explore", "stress", "together"})

_NAMES = frozenset(
    """__import__ breakpoint compile copyright credits delattr eval exec exit get_ipython getattr globals
    help input license locals open quit setattr vars""".split()
)
_LOOKUPS = frozenset({"getattr", "setattr", "delattr"})  # fine with the attribute's name as a plain string
_GETTERS = frozenset({"attrgetter", "methodcaller"})  # the same
_DUNDER_NAMES = frozenset({"__all__", "__debug__"})
_DUNDERS = frozenset(
    f"__{name}__"
    for name in """abs add aenter aexit aiter and anext annotations await bool bytes call cause ceil class
    class_getitem complex contains context copy deepcopy delattr delete delitem del divmod doc enter
    eq exit float floor floordiv format ge get getattr getitem gt hash iadd iand ifloordiv ilshift
    imatmul imod imul index init init_subclass int invert ior ipow irshift isub iter itruediv ixor
    le len length_hint lshift lt match_args matmul missing mod module mul name ne neg new next notes
    or pos post_init pow qualname radd rand rdivmod repr reversed rfloordiv rlshift rmatmul rmod
    rmul ror round rpow rrshift rshift rsub rtruediv rxor set set_name setattr setitem slots str sub
    suppress_context traceback truediv trunc type_params wrapped xor""".split()
)
_ATTRIBUTES = frozenset(
    """_current_frames _getframe _getframemodulename currentframe f_back f_builtins f_code f_globals
    f_lasti f_locals f_trace f_trace_opcodes gettrace getprofile settrace setprofile
    settrace_all_threads setprofile_all_threads setswitchinterval walk_stack walk_tb FunctionType
    LambdaType CodeType FrameType CellType ProcessPoolExecutor get_type_hints get_referrers
    get_referents _sys _os sys os builtins ModuleType create_subprocess_exec create_subprocess_shell
    open_code FileIO""".split()
)
_PREFIXES = ("tb_", "co_", "gi_", "cr_", "ag_")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused and where."""

    line: int
    construct: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.construct}"


def refusals(
    statements: Sequence[ast.stmt], *, trusted: Iterable[str] = (), reserved: Iterable[str] = ()
) -> list[Refusal]:
    """What the gate refuses in the learner's statements, in the order of lines; empty for an honest answer.

    Args:
        trusted: names that the notebook gives (imports and given classes): their attributes are not
        assigned to. reserved: names of builtins that the checks use: they are not redefined at top level.
    """
    visitor = _Gate(frozenset(trusted))
    for statement in statements:
        for name in bound(statement) & set(reserved) & set(dir(builtins)):
            visitor.refuse(statement, f"redefining the builtin {name}, which a check uses")
        try:
            visitor.visit(statement)
        except RecursionError:
            visitor.refuse(statement, "an expression nested too deep to be read")
    return sorted(set(visitor.found), key=lambda refusal: (refusal.line, refusal.construct))


class _Gate(ast.NodeVisitor):
    def __init__(self, trusted: frozenset[str]) -> None:
        self.found: list[Refusal] = []
        self._trusted = trusted
        self._imported: set[str] = set()

    def refuse(self, node: ast.AST, construct: str) -> None:
        self.found.append(Refusal(getattr(node, "lineno", 0), construct))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._module(node, alias.name)
            self._imported.add((alias.asname or alias.name).split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module == "checker":
            for alias in node.names:
                if alias.name not in PUBLIC:
                    self.refuse(node, f"import of {alias.name} from the checker")
            return
        self._module(node, node.module or ".")
        for alias in node.names:
            self._attribute(node, alias.name)
            if alias.name.startswith("_") or alias.name == "open":
                self.refuse(node, f"import of {alias.name} from {node.module}")
            self._imported.add(alias.asname or alias.name)

    def _module(self, node: ast.AST, module: str) -> None:
        if module.split(".")[0] not in MODULES:
            self.refuse(node, f"import of {module}")

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in _NAMES and isinstance(node.ctx, ast.Load):
            self.refuse(node, f"the name {node.id}")
        elif _dunder(node.id) and node.id not in _DUNDER_NAMES and node.id not in _DUNDERS:
            self.refuse(node, f"the name {node.id}")

    def visit_Call(self, node: ast.Call) -> None:
        lookup = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        if lookup in _GETTERS:
            for name in node.args if lookup == "attrgetter" else node.args[:1]:
                self._looked_up(node, lookup, name)
        if lookup not in _LOOKUPS or not isinstance(node.func, ast.Name):
            self.generic_visit(node)
            return
        self._looked_up(node, lookup, node.args[1] if len(node.args) > 1 else None)
        if lookup != "getattr" and node.args and self._given(node.args[0]):
            self.refuse(node, f"{lookup} on {ast.unparse(node.args[0])[:40]}, which is not the answer's own")
        for child in [*node.args, *node.keywords]:
            self.visit(child)

    def _looked_up(self, node: ast.AST, lookup: str, name: ast.AST | None) -> None:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            for part in name.value.split("."):
                self._attribute(node, part)
        else:
            self.refuse(node, f"{lookup} with a computed name")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr != "__dict__" or self._given(node.value):  # of a threading.local, it is honest
            self._attribute(node, node.attr)
        from_module = isinstance(node.value, ast.Name) and node.value.id in self._imported
        if from_module and (node.attr.startswith("_") and not _dunder(node.attr) or node.attr == "open"):
            self.refuse(node, f"the private name {ast.unparse(node)}")
        if isinstance(node.ctx, (ast.Store, ast.Del)) and self._given(node.value):
            self.refuse(node, f"assignment to {ast.unparse(node)[:60]}, which is not the answer's own")
        self.generic_visit(node)

    def _given(self, node: ast.AST) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and (node.id in self._imported or node.id in self._trusted)

    def _attribute(self, node: ast.AST, name: str) -> None:
        if _dunder(name) and name not in _DUNDERS:
            self.refuse(node, f"the attribute {name}")
        elif name in _ATTRIBUTES or name.startswith(_PREFIXES):
            self.refuse(node, f"the attribute {name}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._definition(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if _dunder(node.name) and node.name not in _DUNDERS:
            self.refuse(node, f"a method {node.name}")
        self.generic_visit(node)


def _dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
