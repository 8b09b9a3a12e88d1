"""The command line: `checker check`, `grade`, `demo`, `build`, `prepare`, `lab`, `doctor`.

Each command imports what it needs when it runs. Exit status: 0 all is well, 1 something failed, 2 the command
could not do its work (usage, missing files).
"""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence

from checker.course import CourseError, find, prepare

FAILED, NOT_DONE = 1, 2
#: What the system says of a full disk, and of files and folders that may not be used.
_NO_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status. Arguments default to the process's own."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except CourseError as error:
        print(f"checker: {error}", file=sys.stderr)
        return NOT_DONE
    except OSError as error:
        if error.errno not in _NO_PLACE or not error.filename:
            raise
        print(f"checker: {error.filename}: {error.strerror}", file=sys.stderr)
        return NOT_DONE
    except KeyboardInterrupt:
        print("checker: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="checker", description="The course acquire(): threads that stay correct.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    check = add("check", _check, "Check an answer file against an exercise, as grading would.")
    check.add_argument("exercise", metavar="EXERCISE", help="its id, such as counter")
    check.add_argument("file", metavar="FILE", help="what one would type in the answer cell")
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.add_argument("--unsandboxed", action="store_true", help="run a trusted answer without the sandbox")

    grade = add("grade", _grade, "Autograde what was submitted and collected.")
    grade.add_argument("assignments", nargs="+", metavar="ASSIGNMENT")
    grade.add_argument("--students", nargs="+", metavar="ID", help="only these (default: everybody)")
    grade.add_argument("--workers", type=int, metavar="N", help="how many at once (default: one a core)")
    grade.add_argument("--dask", metavar="ADDRESS", help="on the Dask cluster with this scheduler")
    grade.add_argument("--force", action="store_true", help="also what has its mark already")
    grade.add_argument("--unsandboxed", action="store_true", help="run trusted people's answers without the sandbox")

    add("demo", _demo, "A small class in a temporary folder, from release to gradebook.")

    build = add("build", _build, "Generate the notebooks from the text in course/.")
    build.add_argument("--force", action="store_true", help="overwrite notebooks edited by hand as well")
    build.add_argument("--check", action="store_true", help="write nothing; report faults in the text")
    add("prepare", _prepare, "Make the exchange, the gradebook and Jupyter's settings inside this folder.")
    lab = add("lab", _lab, "Prepare, then open JupyterLab on the first page.")
    lab.add_argument("--port", type=int, help="listen on this port (else 8888 or the next free one)")
    lab.add_argument("rest", nargs="*", metavar="OPTION", help="after --: passed on to jupyter lab")
    add("doctor", _doctor, "Look whether everything that the course needs is installed and works.")
    return parser


def _check(options: argparse.Namespace) -> int:
    from checker.grading import checking

    return checking.main(options)


def _grade(options: argparse.Namespace) -> int:
    from checker.grading import batch

    return batch.main(options)


def _demo(options: argparse.Namespace) -> int:
    from checker.grading import demo

    return demo.main(options)


def _build(options: argparse.Namespace) -> int:
    from checker import building, vetting

    course = find()
    if options.check:
        faults = list(vetting.faults(course))
        print("\n".join(faults) or "no faults found")
        return FAILED if faults else 0
    try:
        changed = building.build(course, force=options.force)
    except building.Edited as error:
        raise CourseError(str(error)) from error
    print(f"{len(changed)} file(s) written" if changed else "everything is up to date")
    return 0


def _prepare(options: argparse.Namespace) -> int:
    course = find()
    prepare(course)
    print(f"{course.root.name}/ is ready: assignments that you fetch will lie in {course.work.name}/")
    return 0


def _lab(options: argparse.Namespace) -> int:
    from checker import lab

    course = find()
    prepare(course)
    return lab.run(course, port=options.port, rest=options.rest)


def _doctor(options: argparse.Namespace) -> int:
    from checker import doctor

    findings = doctor.examine()
    print(doctor.text(findings))
    return 0 if all(finding.good for finding in findings if finding.needed) else FAILED
