# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading Odoo's log and the results of its test runner."""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) (?P<database>\S+)"
    r" (?P<logger>\S+): (?P<message>.*)$"
)
# Reports of the test runner, which repeat what its own lines already say.
SUMMARIES = ("odoo.tests.", "odoo.modules.loading", "odoo.service.server")
TEST_LOGGER = re.compile(r"^odoo\.addons\.\w+\.tests\b")
STARTED = re.compile(r"^Starting (\S+) \.\.\.")
FAILED = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(.+)")
SKIPPED = re.compile(r"^skipped (.+?) : (.*)")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


@dataclass(frozen=True)
class Line:
    """One record of the log; the lines that follow it (a traceback) are left out."""

    level: str
    logger: str
    message: str

    @property
    def is_fault(self):
        """An error, and not the test runner's report of a failed test."""
        if self.level not in ("ERROR", "CRITICAL"):
            return False
        by_runner = self.logger.startswith(SUMMARIES)
        return not by_runner and not self.is_failure

    @property
    def is_failure(self):
        """The test runner's report of a failed test."""
        in_tests = TEST_LOGGER.match(self.logger)
        return bool(in_tests and FAILED.match(self.message))


def parse(text):
    """The ``Line`` list of a log."""
    matches = filter(None, map(LINE.match, text.splitlines()))
    return [Line(m["level"], m["logger"], m["message"]) for m in matches]


@dataclass(frozen=True)
class Tests:
    """What the test runner did: sets of ``(logger, test)``, reasons by skipped test."""

    started: frozenset
    failed: frozenset
    skipped: dict
    reported: bool
    """Whether the runner came to its closing line."""

    @property
    def passed(self):
        """Number of tests that neither failed nor were skipped."""
        return len(self.started - self.failed - set(self.skipped))


def _test_name(description):
    # "TestFlow.test_x", "TestFlow.test_x (case='y')" or "setUpClass (module.TestFlow)"
    if description.startswith(("setUpClass", "tearDownClass")):
        return description.strip()
    return description.split()[0]


def tests(lines):
    """The ``Tests`` of a log."""
    started, failed, skipped, reported = set(), set(), {}, False
    for line in lines:
        if RESULT.search(line.message) and line.logger.startswith("odoo.tests"):
            reported = True
        elif line.is_failure:
            name = FAILED.match(line.message).group(1)
            failed.add((line.logger, _test_name(name)))
        elif STARTED.match(line.message):
            started.add((line.logger, STARTED.match(line.message).group(1)))
        elif SKIPPED.match(line.message):
            name, reason = SKIPPED.match(line.message).groups()
            skipped[line.logger, _test_name(name)] = reason
    return Tests(frozenset(started), frozenset(failed), skipped, reported)


def failure_reports(text):
    """The test runner's failures and all other errors, each with its traceback."""
    reports, keep = [], False
    for row in text.splitlines():
        match = LINE.match(row)
        if match:
            line = Line(match["level"], match["logger"], match["message"])
            keep = line.is_failure or line.is_fault
            if keep:
                reports.append(row)
        elif keep:
            reports[-1] += f"\n{row}"
    return reports
