"""The last step of nbgrader's generate: the record by which a later build sees a person's edits."""

from __future__ import annotations

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from checker.building import sign


class Stamp(NbGraderPreprocessor):
    """Signs the generated exercise notebook as `checker.building` signs its own."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        sign(nb)
        return nb, resources
