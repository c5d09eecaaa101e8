# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a stage of ``dev/test`` came to."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counts of tests, and sentences for the reader."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = field(default_factory=list)

    def __add__(self, other):
        return Outcome(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            [*self.notes, *other.notes],
        )

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


@dataclass(frozen=True)
class Selection:
    """What the person asked for."""

    tags: str = ""
    """Odoo's ``--test-tags``; empty for all of the addon's tests."""
    paths: tuple = ()
    """Files, folders and pytest node ids, relative to the checkout."""

    def below(self, folder):
        """The paths below ``folder``, relative to the checkout."""
        inside = f"{folder}/"
        return [path for path in self.paths if f"{path}/".startswith(inside)]
