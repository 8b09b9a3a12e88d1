"""The project's own files agree with each other."""

import re
import subprocess
import sys
import tomllib
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest
import yaml

from checker import selfcheck

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

#: Names that conda-forge gives to packages of PyPI.
CONDA_NAMES = {"playwright": "playwright-python"}


def _conda(requirement: str) -> str:
    name, bounds = re.fullmatch(r"([\w-]+)(.*)", requirement).groups()
    return CONDA_NAMES.get(name, name) + bounds


def test_conda_environment_has_the_packages_and_ranges_of_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    listed = {each for each in environment if isinstance(each, str)} - {"pip"}
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert listed == {_conda(each) for each in wanted} | {f"python{PROJECT['requires-python']}"}


def test_every_requirement_has_an_upper_bound() -> None:
    extras = PROJECT["optional-dependencies"].values()
    for requirement in PROJECT["dependencies"] + [each for extra in extras for each in extra]:
        assert re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", requirement), requirement


TESTED = [f"{major}.{minor}" for major, minor in selfcheck.TESTED]


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "Makefile", "environment.yml", "pyproject.toml"])
def test_the_pythons_that_are_tested_are_named(file: str) -> None:
    text = (ROOT / file).read_text()
    for version in TESTED:
        assert version in text, f"{file} does not name {version}"
    later = f"3.{max(minor for _, minor in selfcheck.TESTED) + 1}"
    assert later not in text, f"{file} names {later}, which nobody has tested"


def test_this_python_is_one_of_them_or_looks_into_itself() -> None:
    newest, magic = selfcheck.TESTED[sys.version_info[:2]]
    same = int.from_bytes(MAGIC_NUMBER[:2], "little") == magic
    assert (same and sys.version_info[:3] <= newest) or selfcheck.reason()


def test_changelog_begins_with_the_version_of_pyproject() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == PROJECT["version"]


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([\w-]+)", (ROOT / document).read_text()))
        assert named <= targets, document


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_files_that_the_documents_link_to_exist(document: str) -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", (ROOT / document).read_text()):
        assert (ROOT / target).exists(), target


def test_code_of_the_readme_prints_the_text_beside_it(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for code, text in blocks:
        script = tmp_path / "example.py"
        script.write_text(code)
        run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
        assert (_any_version(run.stdout), run.stderr) == (_any_version(text), "")


def _any_version(text: str) -> str:
    """A replay text holds for the Python version that it names."""
    return re.sub(r"replay='[^']*'", "replay='…'", text)
