"""`python -m checker check EXERCISE FILE`: the same verdicts as grading, for people and for programs."""

import json

from checker.__main__ import main
from checker.course import find
from checker.grading import canaries, plan

ANSWERS = find().sources / "03-acquire" / "answers" / "try_lock"


def told(capsys, *arguments):
    status = main(["check", *map(str, arguments)])
    return status, capsys.readouterr()


def test_a_right_answer_has_a_claim_for_each_of_its_scenarios(capsys):
    status, said = told(capsys, "try_lock", sorted(ANSWERS.glob("right_*.py"))[0], "--json")
    found = json.loads(said.out)
    assert status == 0 and all(check["passed"] for check in found["checks"])
    for check in found["checks"]:
        for claim in check["claim"].split(" · "):
            assert "no failure in" in claim or claim.startswith("the only schedule")
    assert any(" · " in check["claim"] for check in found["checks"])


def test_a_wrong_answer_has_the_claim_of_what_failed(capsys):
    file = sorted(ANSWERS.glob("wrong_*.py"))[0]
    failing = file.read_text().partition("# fails: ")[2].split("\n")[0].split(",")[0].split()[0]
    status, said = told(capsys, "try_lock", file, "--json")
    (check,) = [check for check in json.loads(said.out)["checks"] if check["id"] == failing]
    assert status == 1 and not check["passed"] and check["points"] == 0
    assert " · " not in check["claim"] and check["outcome"]


def test_an_answer_that_cannot_be_read_goes_to_a_person(capsys, tmp_path, monkeypatch):
    def raises(*_, **__):
        raise RecursionError("too deep")

    file = tmp_path / "answer.py"
    file.write_text("def try_lock(lock, timeout): pass")
    monkeypatch.setattr(plan, "single", raises)
    monkeypatch.setattr(canaries, "make", lambda *_: [])
    status, said = told(capsys, "try_lock", file, "--json")
    found = json.loads(said.out)
    assert status == 1 and found["points"] == 0 < found["max_points"]
    assert {check["outcome"] for check in found["checks"]} == {"review"}
    assert found["checks"][0]["reason"] == "for review: the cells could not be read: RecursionError: too deep"


def test_bad_input_gives_one_line(capsys, tmp_path):
    for arguments in (("no_such_exercise", ANSWERS / "right_x.py"), ("try_lock", tmp_path / "missing.py")):
        status, said = told(capsys, *arguments)
        assert status == 2 and said.out == "" and len(said.err.splitlines()) == 1
