"""The lock-down holds, layer by layer and all together."""

import errno
import subprocess
import sys
import textwrap

import pytest
from needs import needs

from checker.grading import sandbox, seccomp, session
from checker.grading.limits import Limits

linux = needs("linux")
ALLOW, KILL, EPERM = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(code, number, architecture, *arguments):
    """Run a BPF program as the kernel does; return what it returns."""
    data = [number, architecture, 0, 0]
    for argument in [*arguments, 0, 0, 0, 0, 0, 0][:6]:
        data += [argument & 0xFFFFFFFF, argument >> 32]
    register, at = 0, 0
    while True:
        step = code[at]
        at += 1
        if step.code == 0x20:
            register = data[step.value // 4]
        elif step.code == 0x15:
            at += step.if_true if register == step.value else step.if_false
        elif step.code == 0x45:
            at += step.if_true if register & step.value else step.if_false
        else:
            return step.value


@pytest.mark.parametrize("machine", ARCHITECTURES)
class TestFilter:
    """The filter itself, interpreted: so both architectures are tested on either."""

    def ask(self, machine, call, *arguments):
        column = list(ARCHITECTURES).index(machine)
        number = call[column] if isinstance(call, tuple) else call
        return verdict(seccomp.program(machine), number, ARCHITECTURES[machine], *arguments)

    def test_threads_and_reading_are_allowed(self, machine):
        for name in ("futex", "read", "write", "mmap", "clock_gettime", "exit_group"):
            assert self.ask(machine, seccomp._PLAIN[name]) == ALLOW

    @pytest.mark.parametrize(
        "call",
        [(41, 198), (42, 203), (49, 200), (44, 206)],
        ids=["socket", "connect", "bind", "sendto"],
    )
    def test_the_network_is_refused(self, machine, call):
        assert self.ask(machine, call) == EPERM

    @pytest.mark.parametrize(
        "call",
        [(62, 129), (234, 131), (59, 221), (101, 117), (87, 35), (83, 34), (165, 40), (321, 280), (425, 425)],
        ids=["kill", "tgkill", "execve", "ptrace", "unlink", "mkdir", "mount", "bpf", "io_uring_setup"],
    )
    def test_what_reaches_others_is_refused(self, machine, call):
        assert self.ask(machine, call) == EPERM

    def test_a_thread_is_allowed_and_a_process_is_not(self, machine):
        thread = 0x3D0F00  # what the C library asks for
        assert self.ask(machine, seccomp._CLONE, thread) == ALLOW
        assert self.ask(machine, seccomp._CLONE, 0x01200011) == EPERM
        assert self.ask(machine, seccomp._CLONE3) == 0x00050000 | errno.ENOSYS

    def test_files_open_for_reading_alone(self, machine):
        assert self.ask(machine, seccomp._OPENAT, 0, 0, 0o2000000) == ALLOW  # O_CLOEXEC
        for flags in (1, 2, 0o100, 0o1000, 0o2000):
            assert self.ask(machine, seccomp._OPENAT, 0, 0, flags) == EPERM

    def test_limits_can_be_asked_and_not_set(self, machine):
        assert self.ask(machine, seccomp._PRLIMIT64, 0, 7, 0) == ALLOW
        assert self.ask(machine, seccomp._PRLIMIT64, 0, 7, 0x7F00_0000_1000) == EPERM
        assert self.ask(machine, seccomp._PRLIMIT64, 0, 7, 1 << 32) == EPERM

    def test_only_its_own_thread_is_kept_on_a_core(self, machine):
        assert self.ask(machine, seccomp._SETAFFINITY, 0, 128) == ALLOW
        assert self.ask(machine, seccomp._SETAFFINITY, 1234, 128) == EPERM

    def test_descriptors_send_no_signals(self, machine):
        assert self.ask(machine, seccomp._FCNTL, 3, 1) == ALLOW
        assert self.ask(machine, seccomp._FCNTL, 3, 8) == EPERM  # F_SETOWN
        assert self.ask(machine, seccomp._IOCTL, 0, 0x5412) == EPERM  # TIOCSTI

    def test_calls_of_another_architecture_end_the_process(self, machine):
        assert verdict(seccomp.program(machine), 0, 0x40000003) == KILL

    def test_calls_of_x32_are_refused(self, machine):
        assert self.ask(machine, 0x40000000 | 1) == EPERM


def child(code, *arguments):
    text = textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", text, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs("seccomp")
def test_seccomp_alone_lets_threads_run_and_nothing_else():
    said = child("""
        import os, socket, threading
        from checker.grading import seccomp
        assert seccomp.restrict()
        threads = [threading.Thread(target=int) for _ in range(20)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        for attempt in (os.fork, socket.socket, lambda: os.kill(os.getppid(), 0), lambda: open("x", "w")):
            try:
                attempt()
            except PermissionError:
                print("refused")
        """)
    assert said.split() == ["refused"] * 4


@needs("landlock")
def test_landlock_alone_leaves_only_the_listed_folder(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "file").write_text("seen")
    (tmp_path / "closed").write_text("secret")
    said = child(
        """
        import os, sys
        from checker.grading import landlock
        folder = sys.argv[1]
        landlock.restrict([folder + "/open", folder + "/missing"])
        print(open(folder + "/open/file").read())
        for attempt in (
            lambda: open(folder + "/closed"),
            lambda: open(folder + "/open/file", "w"),
            lambda: os.unlink(folder + "/open/file"),
            lambda: os.mkdir(folder + "/open/new"),
            lambda: os.listdir(folder),
        ):
            try:
                attempt()
            except PermissionError:
                print("refused")
        """,
        str(tmp_path),
    )
    assert said.split() == ["seen"] + ["refused"] * 5


@linux
@pytest.mark.parametrize("bubblewrap", [pytest.param(True, marks=needs("bubblewrap")), False])
def test_the_self_test_finds_no_way_out(monkeypatch, bubblewrap):
    monkeypatch.setattr(sandbox, "bubblewrap_works", lambda: bubblewrap)
    layers = session.self_test(Limits())
    assert layers.seccomp and layers.rlimits and layers.bubblewrap == bubblewrap
    assert "seccomp" in str(layers)


@linux
def test_the_self_test_names_what_escapes_when_nothing_is_locked(monkeypatch):
    starts = session.Session
    monkeypatch.setattr(session, "Session", lambda limits: starts(limits, sandboxed=False))
    with pytest.raises(sandbox.SandboxError, match="does not hold .* possible are reading a file"):
        session.self_test(Limits())
