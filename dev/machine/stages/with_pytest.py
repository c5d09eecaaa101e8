# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stages that pytest runs: without Odoo, against the simulators, with real servers."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree

from .. import bootstrap, settings
from ..settings import CHECKOUT
from .outcome import Outcome

# pytest's exit codes: all passed, some failed, nothing collected.
PASSED, FAILED, NOTHING = 0, 1, 5


def run(folder, selection):
    """Run the tests below ``folder``, a path relative to the checkout."""
    if not any((CHECKOUT / folder).rglob("*_test.py")):
        return Outcome(notes=[f"skipped: there are no tests in {folder} yet"])
    report = settings.workspace() / f"{folder.replace('/', '-')}.xml"
    report.unlink(missing_ok=True)
    targets = [str(CHECKOUT / path) for path in selection.below(folder) or [folder]]
    done = subprocess.run(
        _command(folder, report, targets), cwd=CHECKOUT, env=_environment()
    )
    return _outcome(done.returncode, report)


def _command(folder, report, targets):
    python = bootstrap.prepare().python
    options = [
        "-q",
        "-rs",
        "-pno:cacheprovider",
        f"-c{CHECKOUT / 'pyproject.toml'}",
        f"--rootdir={CHECKOUT / folder}",
        # Above it lie the packages of the addon, which only Odoo can import.
        f"--confcutdir={CHECKOUT / folder}",
        f"--junitxml={report}",
    ]
    return [str(python), "-m", "pytest", *options, *targets]


def _environment():
    # Nothing is written into the checkout, which may be read-only.
    storage = settings.workspace() / "hypothesis"
    return {
        **bootstrap.prepare().environment(),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(storage),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(settings.DEV)]),
    }


def _outcome(returncode, report):
    outcome = Outcome()
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            outcome += _counts(suite.attrib)
    if returncode == NOTHING and not outcome.skipped:
        outcome.notes.append("no test matched")
    elif returncode not in (PASSED, NOTHING) and not outcome.failed:
        outcome += Outcome(failed=1, notes=[f"pytest ended with {returncode}"])
    return outcome


def _counts(attributes):
    total, skipped, failures, errors = (
        int(attributes[name]) for name in ("tests", "skipped", "failures", "errors")
    )
    failed = failures + errors
    # A test that fails and whose teardown fails too is reported twice.
    return Outcome(max(total - skipped - failed, 0), failed, skipped)
