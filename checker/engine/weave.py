"""Weaves a call of its site before every instruction that can touch shared state.

The function keeps its identity; only its code object is replaced, for the time of an exploration. Woven code does
the same as the original when no execution is under way. Instructions are taken apart and assembled by the
`bytecode` library; this file only says what goes where.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
import types
from collections.abc import Iterable
from typing import Any, cast

from bytecode import BinaryOp, Bytecode, Instr, Label
from bytecode.instr import BITFLAG_OPCODES, FORMAT_VALUE_OPS, CellVar, FreeVar

from . import attributes, calling, items, sites

_V312 = sys.version_info >= (3, 12)
_V313 = sys.version_info >= (3, 13)


def _takes_argument(name: str) -> bool:
    return dis.opmap[name] in getattr(dis, "hasarg", ())


# What this interpreter says of itself, instead of what its version is known for.
#: The stack places of a loop's iterator: the iterator alone, or (3.15) the iterable with its index, or an iterator with
#: NULL. What lies above the lowest place is no object: it may not be copied into a hook.
_ITERATOR = 1 + dis.stack_effect(dis.opmap["GET_ITER"], 0 if _takes_argument("GET_ITER") else None)
#: Whether CALL_FUNCTION_EX says in its argument that there are keywords; else (3.14) their place is always there.
_KEYWORDS_ARE_SAID = _takes_argument("CALL_FUNCTION_EX") or not hasattr(dis, "hasarg")
#: Whether `throw` into a delegating generator looks for the SEND in front of the YIELD_VALUE (3.11).
_THROW_LOOKS_BACK = "CLEANUP_THROW" not in dis.opmap

# `bytecode` 0.19 reads the argument of a template's field (3.14) as one flag and a conversion, and raises ValueError
# for most: there are two flags. Left as a number, it goes through unharmed.
for _numbered in {"BUILD_INTERPOLATION"} & dis.opmap.keys():
    BITFLAG_OPCODES.discard(dis.opmap[_numbered])
    FORMAT_VALUE_OPS.discard(dis.opmap[_numbered])

_MATMUL = int(BinaryOp.MATRIX_MULTIPLY)
_TIMES = {int(BinaryOp.MULTIPLY), int(BinaryOp.INPLACE_MULTIPLY)}
_SUBSCRIPT = getattr(BinaryOp, "SUBSCR", None)  # BINARY_SUBSCR became an operator in 3.14

_TRUTH = {"TO_BOOL", "UNARY_NOT", "JUMP_IF_TRUE_OR_POP", "JUMP_IF_FALSE_OR_POP"}
#: Where an operand is used as a whole: its depth on the stack, 1 = top.
_WHOLE = {
    "GET_ITER": 1,
    "FOR_ITER": _ITERATOR,
    "UNPACK_SEQUENCE": 1,
    "UNPACK_EX": 1,
    "FORMAT_VALUE": 1,  # below a format
    "FORMAT_SIMPLE": 1,
    "FORMAT_WITH_SPEC": 2,
    "CONVERT_VALUE": 1,
    "LIST_EXTEND": 1,
    "SET_UPDATE": 1,
    "DICT_UPDATE": 1,
    "DICT_MERGE": 1,
    "GET_YIELD_FROM_ITER": 1,
    "SEND": 1 + _ITERATOR,
    "GET_LEN": 1,
    "MATCH_SEQUENCE": 1,
    "MATCH_MAPPING": 1,
    "MATCH_KEYS": 2,
    "MATCH_CLASS": 3,
}
#: Flag of FORMAT_VALUE: a format lies on top.
_WITH_FORMAT = 4
#: Instructions that load a constant: the argument, or nothing that could hold a container (`None`, `tuple`, `all` …).
_CONSTANTS = {"LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"}
_GIVES_BOOL = {"COMPARE_OP", "CONTAINS_OP", "IS_OP", "UNARY_NOT", "TO_BOOL"}
_GLOBALS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "DELETE_GLOBAL"}
_CELLS = {"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"}

#: Places on the stack that a site and its operands need at most.
_MOST_PUSHED = calling.MOST_ARGUMENTS + 4

#: Woven functions that are kept for the next exploration: a cell that is run again and again is new each time.
MOST_KEPT = 1_000
_cache: dict[tuple[types.CodeType, int, frozenset[str]], tuple[types.CodeType, list[sites.Site]]] = {}


def _constant(instruction: Instr | None) -> tuple[bool, Any]:
    """Whether the instruction loads a constant, and which."""
    if instruction is None or instruction.name not in _CONSTANTS:
        return False, None
    return True, None if instruction.name == "LOAD_COMMON_CONSTANT" else instruction.arg


def _takes_containers(operator: int, constant: Any) -> bool:
    """Whether the left side of ``x op constant`` could be a container: ``x * 2``, ``x += (1,)``, not ``x + 1``."""
    return operator in _TIMES or not isinstance(constant, (int, float, complex, str, type(None)))


def stored_globals(code: types.CodeType) -> set[str]:
    """Names that `code`, or code nested in it, stores with `global`."""
    names: set[str] = set()
    for instruction in Bytecode.from_code(code):
        if isinstance(instruction, Instr) and instruction.name in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            names.add(str(instruction.arg))
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= stored_globals(constant)
    return names


def may_store_globals(code: types.CodeType) -> bool:
    """A cheap look at the raw bytes, before `stored_globals` takes the code apart."""
    wanted = {dis.opmap["STORE_GLOBAL"], dis.opmap["DELETE_GLOBAL"]}
    if wanted & set(code.co_code[::2]):
        return True
    return any(may_store_globals(constant) for constant in code.co_consts if isinstance(constant, types.CodeType))


def weave(
    code: types.CodeType, space: dict[str, Any], shared_globals: Iterable[str]
) -> tuple[types.CodeType, list[sites.Site]]:
    """Return the woven form of `code` and its sites (those of nested code included).

    `space` is the function's globals; `shared_globals` are the names in it that some code stores.
    """
    key = (code, id(space), frozenset(shared_globals))
    known = _cache.get(key)
    if known is not None and known[0].co_filename == code.co_filename:
        return known
    made: list[sites.Site] = []
    weaver = _Weaver(code, space, key[2], made)
    woven = weaver.run()
    _cache[key] = (woven, made)
    if len(_cache) > MOST_KEPT:
        del _cache[next(iter(_cache))]
    return woven, made


@functools.lru_cache(maxsize=1_000)
def _instruction(name: str, *arg: Any) -> Instr:
    """One without a location, which can stand in many places: to check its argument anew takes long."""
    return Instr(name, *arg)


class _Weaver:
    def __init__(
        self, code: types.CodeType, space: dict[str, Any], shared: frozenset[str], made: list[sites.Site]
    ) -> None:
        self.code = code
        self.space = space
        self.shared = shared
        self.made = made
        self.out: list[Any] = []
        self.line = code.co_firstlineno
        self.instr_location: Any = None
        self.generator = bool(code.co_flags & inspect.CO_GENERATOR)

    def run(self) -> types.CodeType:
        # A hook leaves the stack as it was: the handlers' depths stay, and no flow graph is needed to find them anew.
        source = Bytecode.from_code(self.code, conserve_exception_block_stackdepth=True)
        out = self.out
        previous: Instr | None = None
        instructions = list(source)
        loops: set[int] = set()  # labels that lead to a place with a site of its own
        following: Instr | None = None
        for item in reversed(instructions):
            if isinstance(item, Instr):
                following = item
            elif isinstance(item, Label) and following is not None:
                if following.name in ("FOR_ITER", "JUMP_BACKWARD"):
                    loops.add(id(item))
        seen_labels: set[int] = set()
        for item in instructions:
            if not isinstance(item, Instr):
                if isinstance(item, Label):
                    seen_labels.add(id(item))
                    previous = None
                out.append(item)
                continue
            if isinstance(item.lineno, int):
                self.line = item.lineno
            self.instr_location = item.location
            self.instruction(item, previous, seen_labels, loops)
            previous = item
        source.clear()
        list.extend(source, out)  # not its own, which looks at each instruction once more
        return source.to_code(stacksize=self.code.co_stacksize + _MOST_PUSHED, compute_exception_stack_depths=False)

    def site(self, cls: type[sites.Site], name: str) -> sites.Site:
        site = cls(self.code.co_filename, self.line, self.code.co_qualname, name, self.space)
        self.made.append(site)
        return site

    def emit(self, name: str, *arg: Any) -> None:
        """Add an instruction at the place of the one before, which is the first of the hook."""
        self.out.append(_instruction(name, *arg))

    def emit_site(self, cls: type[sites.Site], name: str) -> None:
        self.out.append(Instr("LOAD_CONST", cast(Any, self.site(cls, name)), location=self.instr_location))

    def hook(self, cls: type[sites.Site], name: str, depths: list[int]) -> None:
        """Put ``site @ operand`` here; `depths` are the stack positions of the operand's parts, 1 = top."""
        self.emit_site(cls, name)
        if not depths:
            self.emit("LOAD_CONST", None)
        for pushed, depth in enumerate(depths):
            self.emit("COPY", depth + 1 + pushed)
        if len(depths) > 1 or cls is calling.Call:
            self.emit("BUILD_TUPLE", len(depths))
        self.emit("BINARY_OP", _MATMUL)
        self.emit("POP_TOP")

    def cell_hook(self, cls: type[sites.Site], variable: Any, stores: bool) -> None:
        self.emit_site(cls, variable.name)
        if stores:
            self.emit("COPY", 2)
        self.out.append(Instr("LOAD_FAST" if _V313 else "LOAD_CLOSURE", variable))
        if stores:
            self.emit("BUILD_TUPLE", 2)
        self.emit("BINARY_OP", _MATMUL)
        self.emit("POP_TOP")

    def instruction(self, item: Instr, previous: Instr | None, seen: set[int], loops: set[int]) -> None:
        name = item.name
        arg: Any = item.arg
        out = self.out
        if name in ("LOAD_ATTR", "LOAD_METHOD"):
            self.load_attribute(item)
            return
        if name == "LOAD_SUPER_ATTR":
            self.load_super(item)
            return
        if name == "LOAD_CONST" and isinstance(arg, types.CodeType):
            woven, made = weave(arg, self.space, self.shared)
            self.made.extend(made)
            out.append(Instr("LOAD_CONST", cast(Any, woven), location=item.location))
            return
        if name in ("CALL", "CALL_KW", "CALL_FUNCTION_EX", "PRECALL", "KW_NAMES"):
            self.call(item)
            return
        if name == "STORE_ATTR":
            self.hook(attributes.StoreAttr, str(arg), [2, 1])
        elif name == "DELETE_ATTR":
            self.hook(attributes.DeleteAttr, str(arg), [1])
        elif name in _GLOBALS:
            variable = str(arg[1] if isinstance(arg, tuple) else arg)
            if variable in self.shared:
                if name.startswith("LOAD"):
                    self.hook(sites.LoadGlobal, variable, [])
                elif name == "STORE_GLOBAL":
                    self.hook(sites.StoreGlobal, variable, [1])
                else:
                    self.emit("LOAD_CONST", None)
                    self.hook(sites.StoreGlobal, variable, [1])
                    self.emit("POP_TOP")
        elif name in _CELLS and isinstance(arg, (CellVar, FreeVar)):
            if arg.name not in ("__class__", "__classdict__"):
                self.cell_hook(sites.LoadCell, arg, False)
        elif name == "STORE_DEREF":
            self.cell_hook(sites.StoreCell, arg, True)
        elif name == "DELETE_DEREF":
            self.emit("LOAD_CONST", None)
            self.cell_hook(sites.StoreCell, arg, True)
            self.emit("POP_TOP")
        elif name == "BINARY_SUBSCR" or (_SUBSCRIPT is not None and name == "BINARY_OP" and arg == _SUBSCRIPT):
            self.hook(items.LoadItem, "[]", [2, 1])
        elif name == "STORE_SUBSCR":
            self.hook(items.StoreItem, "[]", [3, 2, 1])
        elif name == "DELETE_SUBSCR":
            self.hook(items.DeleteItem, "[]", [2, 1])
        elif name == "BINARY_SLICE":
            self.hook(items.Use, "[:]", [3])
        elif name == "STORE_SLICE":
            self.hook(items.DeleteItem, "[:]", [3, 2])
        elif name == "CONTAINS_OP":
            self.hook(items.UseItem, "in", [2, 1])
        elif name == "BINARY_OP":
            constant, value = _constant(previous)
            if not constant or _takes_containers(int(arg), value):
                self.hook(items.Operate, "in-place" if int(arg) >= 13 else "operator", [2, 1])
        elif name == "COMPARE_OP":
            constant, value = _constant(previous)
            if not constant or isinstance(value, bytes):  # a bytearray can equal it
                self.hook(items.Operate, "compare", [2, 1])
        elif name == "YIELD_VALUE" or (name in ("RETURN_VALUE", "RETURN_CONST") and self.generator):
            self.leave(previous)
            if _THROW_LOOKS_BACK and previous is not None and previous.name == "SEND":
                # It takes the argument of the instruction in front for SEND's: one that jumps there, and never does.
                self.emit("LOAD_CONST", False)
                self.out.append(Instr("POP_JUMP_FORWARD_IF_TRUE", cast(Any, previous.arg), location=item.location))
        elif name in _WHOLE:
            depth = _WHOLE[name]
            if name == "FORMAT_VALUE" and int(arg) & _WITH_FORMAT:
                depth += 1
            self.hook(items.Use, name.lower(), [depth])
        elif name in _TRUTH or (name.startswith("POP_JUMP") and not _V313):
            if "NONE" not in name and (previous is None or previous.name not in _GIVES_BOOL):
                self.hook(items.Use, "truth", [1])
        if "JUMP" in name and isinstance(arg, Label) and id(arg) in seen and "NO_INTERRUPT" not in name:
            if id(arg) not in loops:
                self.hook(sites.BackEdge, "loop", [])
        out.append(item)

    def leave(self, previous: Instr | None) -> None:
        """Before a generator is left.

        A delegated YIELD_VALUE has a handler of its own, for nothing but what is thrown into it (debug builds insist on
        that): the hook, which may raise as well, goes in front of where that begins.
        """
        begun: list[Any] = []
        if previous is not None and previous.name == "SEND":
            while not isinstance(self.out[-1], Instr):
                begun.insert(0, self.out.pop())
        self.hook(sites.Leave, "yield", [])
        self.out += begun

    def load_attribute(self, item: Instr) -> None:
        """LOAD_ATTR, with the method form taken apart: the callee of a call is then always a bound object."""
        arg: Any = item.arg
        method, name = (True, arg) if item.name == "LOAD_METHOD" else arg if isinstance(arg, tuple) else (False, arg)
        self.hook(attributes.LoadAttr, name, [1])
        if method and not _V313:
            self.emit("PUSH_NULL")
            self.emit("SWAP", 2)
        self.emit("LOAD_ATTR", (False, name) if _V312 else name)
        if method and _V313:
            self.emit("PUSH_NULL")

    def load_super(self, item: Instr) -> None:
        arg: Any = item.arg
        first, second, name = arg
        # `bytecode` gives (is method, has two arguments, name)
        method = bool(first)
        self.hook(attributes.LoadSuper, name, [2, 1])
        if not method:
            self.out.append(item)
            return
        if not _V313:
            # [super, class, self] -> [NULL, attribute]
            self.out.append(Instr("LOAD_SUPER_ATTR", (False, second, name), location=item.location))
            self.emit("PUSH_NULL")
            self.emit("SWAP", 2)
        else:
            self.out.append(Instr("LOAD_SUPER_ATTR", (False, second, name), location=item.location))
            self.emit("PUSH_NULL")

    def call(self, item: Instr) -> None:
        name = item.name
        arg: Any = item.arg
        if name in ("PRECALL", "KW_NAMES"):
            self._held = [*getattr(self, "_held", []), item]
            return
        held: list[Instr] = getattr(self, "_held", [])
        self._held = []
        if name == "CALL_FUNCTION_EX":
            below = int(arg) & 1 if _KEYWORDS_ARE_SAID else 1
            # [.., callable, (NULL from 3.13,) arguments, (keywords)]
            self.hook(calling.CallStar, "call", [below + (3 if _V313 else 2), below + 1])
        else:
            count = int(arg)
            top = 1 if name == "CALL_KW" else 0  # the tuple of keyword names lies on top
            callee = top + count + (2 if _V313 else 1)
            shown = min(count, calling.MOST_ARGUMENTS)
            self.hook(calling.Call, "call", [callee, *(top + count - i for i in range(shown))])
        self.out.extend(held)
        self.out.append(item)
