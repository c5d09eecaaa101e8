# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stages that Odoo's own test runner runs."""

from pathlib import Path

from .. import browser, database, odoo, odoo_log, ports, printer
from ..settings import ADDON, CHECKOUT
from .outcome import Outcome

REPORTS_SHOWN = 20
REPORT_LINES = 40
LINT_SCRIPT = Path(__file__).with_name("lint_addon_only.py")


def run_addon(selection):
    """Install the addon into a fresh database, run its tests, and upgrade it."""
    if not (CHECKOUT / "__init__.py").exists():
        return Outcome(notes=["skipped: there is no addon yet"])
    tags = selection.tags or _tags(selection.paths) or f"/{ADDON}"
    path, reason = browser.find()
    _printer, unprinted = printer.find()
    name = database.create(database.unique())
    try:
        extra = {"PATH": _path_with(path)}
        outcome = _tested(name, ["-i", ADDON, "--test-tags", tags], "odoo", extra)
        if reason:
            outcome.notes.append(f"tours skipped: {reason}")
        if unprinted:
            outcome.notes.append(f"PDFs not printed: {unprinted}")
        if not selection.tags and not selection.paths:
            outcome += _upgraded(name)
    finally:
        database.drop(name)
    return outcome


def run_test_lint(_selection):
    """Run Odoo's own test_lint on this addon."""
    if not (CHECKOUT / "__init__.py").exists():
        return Outcome(notes=["skipped: there is no addon yet"])
    name = database.create(database.unique(), database.addon_template())
    try:
        arguments = ["-i", "test_lint", "--test-tags", "/test_lint"]
        return _tested(name, arguments, "test_lint", {}, script=LINT_SCRIPT)
    finally:
        database.drop(name)


def _path_with(browser_path):
    own = odoo.environment()["PATH"]
    return f"{own}:{browser.search_path(browser_path)}"


def _tags(paths):
    """Odoo's test tags for test files, with or without ``::Class::method``."""
    return ",".join(map(_tag, paths))


def _tag(path):
    file, *names = path.split("::")
    if not file.endswith(".py"):
        return f"/{ADDON}"
    # Odoo's syntax: /addon/tests/file.py:Class.method
    return f"/{ADDON}/{file}" + (":" + ".".join(names) if names else "")


def _tested(database_name, arguments, log, extra, script=None):
    """Run Odoo with tests and count them."""
    conf = odoo.configuration(f"test-{database_name}", http_port=ports.any_free())
    options = ["-d", database_name, *arguments, "--stop-after-init"]
    # A log of its own: several runs may go on side by side.
    done = odoo.run(
        *options, log=f"{log}-{database_name}", conf=conf, extra=extra, script=script
    )
    conf.unlink()
    tests = odoo_log.tests(done.lines)
    _show(done)
    outcome = Outcome(tests.passed, len(tests.failed), len(tests.skipped))
    outcome.notes = sorted(set(_skip_notes(tests.skipped)))
    return outcome + _log_outcome(log, done, tests)


def _skip_notes(skipped):
    for (_logger, name), reason in skipped.items():
        yield f"skipped {name}: {reason}"


def _show(done):
    for report in odoo_log.failure_reports(done.log.read_text())[:REPORTS_SHOWN]:
        rows = report.splitlines()
        shown = rows if len(rows) <= REPORT_LINES else [rows[0], *rows[-REPORT_LINES:]]
        print("\n".join(shown), flush=True)


def _log_outcome(log, done, tests):
    """The run itself as one test: it ended well and logged no error."""
    notes = []
    if done.faults:
        notes.append(f"{log}: {len(done.faults)} errors logged, see {done.log}")
    elif not tests.reported:
        notes.append(f"{log}: Odoo did not come to the tests' end, see {done.log}")
    elif done.returncode and not tests.failed:
        notes.append(f"{log}: Odoo ended with {done.returncode}, see {done.log}")
    elif not tests.started:
        notes.append(f"{log}: no test matched")
    return Outcome(failed=1, notes=notes) if notes else Outcome(passed=1)


def _upgraded(database_name):
    """Upgrading the installed addon as one test."""
    arguments = ["-d", database_name, "-u", ADDON, "--stop-after-init", "--no-http"]
    done = odoo.run(*arguments, log="upgrade")
    if not done.returncode and not done.faults:
        return Outcome(passed=1)
    _show(done)
    return Outcome(failed=1, notes=[f"upgrade failed, see {done.log}"])
