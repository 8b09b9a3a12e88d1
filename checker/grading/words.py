"""The words of the gate: what an answer may import, call and look at, and what only an attack needs.

Names of special methods stand without their underscores.
"""

from __future__ import annotations

#: Modules of the standard library that an answer may import (with what is below them).
MODULES = frozenset(
    """__future__ abc array asyncio binascii bisect calendar collections concurrent contextlib contextvars
    copy dataclasses datetime decimal enum errno fractions functools graphlib hashlib heapq io
    itertools json logging math numbers operator pprint queue random re secrets sched statistics
    string struct textwrap threading time traceback types typing uuid warnings weakref zlib""".split()
)
#: Below those modules, but not for answers: these import by name, or start processes or interpreters.
CLOSED = frozenset(
    """asyncio.subprocess concurrent.futures.interpreter concurrent.futures.process concurrent.interpreters
    logging.config""".split()
)
#: Modules of which an answer may use only this: numbers that say what machine and Python it runs on.
PARTS = {
    "os": frozenset("cpu_count getpid linesep name process_cpu_count sep urandom".split()),
    "sys": frozenset(
        """byteorder float_info getrecursionlimit getsizeof getswitchinterval hash_info hexversion
        int_info intern maxsize platform version version_info""".split()
    ),
}
#: What may be imported from the checker itself, as the first cell of every notebook does.
PUBLIC = frozenset({"check", "discuss", "explore", "stress", "together"})

#: Builtins that no answer calls; `LOOKUPS` and `vars` are fine in some forms.
NAMES = frozenset(
    """__import__ breakpoint compile copyright credits delattr eval exec exit get_ipython getattr globals
    help input license locals open quit setattr vars""".split()
)
LOOKUPS = frozenset({"getattr", "setattr", "delattr"})  # fine with the attribute's name as a plain string
GETTERS = frozenset({"attrgetter", "methodcaller"})  # the same
SETTERS = frozenset({"__setattr__", "__delattr__"})  # fine when they change `self`
#: How the methods of a class call their object.
OWN = frozenset({"self", "cls"})

DUNDER_NAMES = frozenset({"__all__", "__debug__"})
DUNDERS = frozenset(
    f"__{name}__"
    for name in """abs add aenter aexit aiter and anext await bool bytes call cause ceil class
    class_getitem complex contains context copy deepcopy delattr delete delitem del dir divmod doc enter
    eq exit float floor floordiv format fspath ge get getattr getitem getnewargs getnewargs_ex getstate gt
    hash iadd iand ifloordiv ilshift imatmul imod imul index init init_subclass instancecheck int invert ior
    ipow irshift isub iter itruediv ixor le len length_hint lshift lt matmul missing mod module mul name ne
    neg new next notes or pos post_init pow qualname radd rand rdivmod repr reversed rfloordiv rlshift
    rmatmul rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor set set_name setattr setitem setstate
    sizeof slots str sub subclasscheck subclasshook suppress_context traceback truediv trunc type_params
    version wrapped xor""".split()
)
#: Special methods that an answer may define, but not look up: those of a builtin object give `getattr`.
DEFINED = frozenset({"__reduce__", "__reduce_ex__"})

#: Attributes that lead to frames, code, modules, or text that is run; or say who has called.
ATTRIBUTES = frozenset(
    """_current_frames _getframe _getframemodulename currentframe f_back f_builtins f_code f_globals
    f_lasti f_locals f_trace f_trace_opcodes gettrace getprofile settrace setprofile
    settrace_all_threads setprofile_all_threads setswitchinterval walk_stack walk_tb FunctionType
    LambdaType CodeType FrameType CellType InterpreterPoolExecutor ProcessPoolExecutor get_type_hints get_referrers
    get_referents _sys _os sys os builtins ModuleType create_subprocess_exec create_subprocess_shell
    open_code FileIO ForwardRef _evaluate evaluate_forward_ref get_field vformat make_dataclass
    extract_stack format_stack print_stack findCaller StackSummary TracebackException _module _convert_
    global_enum""".split()
)
PREFIXES = ("tb_", "co_", "gi_", "cr_", "ag_")
#: Builtin classes whose subscript in quotes `typing` evaluates too.
GENERICS = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
