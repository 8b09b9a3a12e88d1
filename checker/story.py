"""The verdict on a scenario, told: as plain text, and as a fragment of a page for notebooks.

The words come from `checker.telling`; the data from `checker.outcomes`.
"""

from checker.telling.page import html
from checker.telling.reasons import headline
from checker.telling.text import tell

__all__ = ["headline", "html", "tell"]
