"""A seccomp filter written by hand: after `restrict`, the process can make only the listed system calls.

The filter is a classic BPF program over `struct seccomp_data`. Whatever is not listed returns EPERM, so
that an answer sees an ordinary PermissionError; a call of another architecture ends the process. See `man 2
seccomp`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass

#: Calls with any arguments, hottest first: (x86-64, AArch64), None where the architecture has no such call.
_PLAIN: dict[str, tuple[int | None, int | None]] = {
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "sched_yield": (24, 124),
    "gettid": (186, 178),
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "madvise": (28, 233),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "brk": (12, 214),
    "rt_sigprocmask": (14, 135),
    "rt_sigaction": (13, 134),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "close": (3, 57),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "sched_getaffinity": (204, 123),
    "membarrier": (324, 283),
    "set_tid_address": (218, 96),
}

# Calls that depend on one argument.
_OPENAT = (257, 56)  # only to read
_CLONE = (56, 220)  # only a thread
_CLONE3 = (
    435,
    435,
)  # its arguments are out of a filter's sight: "no such call", and the C library uses clone
_FCNTL = (72, 25)
_IOCTL = (16, 29)
_PRCTL = (157, 167)
_SETAFFINITY = (203, 122)  # of the calling thread alone: an exploration is fastest on one core
_PRLIMIT64 = (302, 261)  # only to ask

_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FCNTL_COMMANDS = (
    1,
    2,
    3,
    1030,
)  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; not F_SETOWN, which sends signals
_IOCTL_COMMANDS = (0x5401, 0x5450, 0x5451)  # TCGETS (isatty), FIONCLEX, FIOCLEX
_PRCTL_COMMANDS = (15,)  # PR_SET_NAME, of a thread

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# Offsets in struct seccomp_data; arguments are 64 bits, the low half first on both architectures.
_NUMBER, _ARCHITECTURE = 0, 4

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000

# Operations of classic BPF.
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP, _PR_SET_SECCOMP, _FILTER_MODE = 38, 21, 22, 2


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: jumps are relative to the next one."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0


def _argument(index: int, *, high: bool = False) -> Instruction:
    return Instruction(_LOAD, 16 + 8 * index + (4 if high else 0))


def _return(value: int) -> Instruction:
    return Instruction(_RETURN, value)


_REFUSE = _return(_ERRNO | errno.EPERM)


def _when(number: int, then: list[Instruction]) -> list[Instruction]:
    """If the call is `number`, do `then`, which must end in a return; else go on behind it."""
    return [Instruction(_JUMP_EQUAL, number, 0, len(then)), *then]


def _one_of(index: int, values: Iterable[int]) -> list[Instruction]:
    """Allow if the argument is one of the values, else refuse."""
    body = [_argument(index)]
    for value in values:
        body += [Instruction(_JUMP_EQUAL, value, 0, 1), _return(_ALLOW)]
    return [*body, _REFUSE]


def program(machine: str) -> list[Instruction]:
    """The filter for a machine as `platform.machine()` names it.

    Raises:
        KeyError: no table of call numbers for it.
    """
    column, architecture = _ARCHITECTURES[machine]
    code = [
        Instruction(_LOAD, _ARCHITECTURE),
        Instruction(_JUMP_EQUAL, architecture, 1, 0),
        _return(_KILL),
        Instruction(_LOAD, _NUMBER),
    ]
    for numbers in _PLAIN.values():
        number = numbers[column]
        if number is not None:
            code += _when(number, [_return(_ALLOW)])
    code += _when(_OPENAT[column], [_argument(2), Instruction(_JUMP_ANY_BIT, _WRITING, 0, 1), _REFUSE, _return(_ALLOW)])
    code += _when(
        _CLONE[column],
        [_argument(0), Instruction(_JUMP_ANY_BIT, _CLONE_THREAD, 0, 1), _return(_ALLOW), _REFUSE],
    )
    code += _when(_CLONE3[column], [_return(_ERRNO | errno.ENOSYS)])
    code += _when(_FCNTL[column], _one_of(1, _FCNTL_COMMANDS))
    code += _when(_IOCTL[column], _one_of(1, _IOCTL_COMMANDS))
    code += _when(_PRCTL[column], _one_of(0, _PRCTL_COMMANDS))
    code += _when(_SETAFFINITY[column], _one_of(0, (0,)))
    no_new_limit = [
        _argument(2),
        Instruction(_JUMP_EQUAL, 0, 0, 2),
        _argument(2, high=True),
        Instruction(_JUMP_EQUAL, 0, 1, 0),
        _REFUSE,
        _return(_ALLOW),
    ]
    code += _when(_PRLIMIT64[column], no_new_limit)
    return [*code, _REFUSE]


class _Packed(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Packed))]


def available() -> bool:
    """Whether the kernel filters system calls and we know its numbers."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    return ctypes.CDLL(None).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def restrict() -> bool:
    """Filter the system calls of this thread and all it starts, for good. False if not available.

    Raises:
        OSError: the kernel has it and refused.
    """
    if not available():
        return False
    code = program(platform.machine())
    packed = (_Packed * len(code))(*(_Packed(i.code, i.if_true, i.if_false, i.value) for i in code))
    filter_program = _Program(len(code), packed)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(filter_program), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), f"prctl({arguments[0]})")
    return True
