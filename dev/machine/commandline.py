# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``dev/test``: set the machine up, run the stages, count.

    dev/test                                  everything
    dev/test --only lint,pure                 some stages
    dev/test tests/pure/money_test.py         a file, a folder or a pytest node id
    dev/test tests/test_inbox.py::TestInbox   an Odoo test file or class
    dev/test --tags /quote_to_cash:TestInbox  Odoo's --test-tags (stage odoo only)

Stages: lint, pure, simulators, odoo, test_lint, live. The last line reads
"N passed, N failed", with ", N skipped" where some were.
"""

import argparse
import os
import time
from pathlib import Path

from .settings import CHECKOUT, SetupError
from .stages import lint, with_odoo, with_pytest
from .stages.outcome import Outcome, Selection

PYTEST_FOLDERS = {
    "pure": "tests/pure",
    "simulators": "tests/simulators",
    "live": "tests/live",
}


def _pytest_stage(folder):
    return lambda selection: with_pytest.run(folder, selection)


STAGES = {
    "lint": lint.run,
    "pure": _pytest_stage(PYTEST_FOLDERS["pure"]),
    "simulators": _pytest_stage(PYTEST_FOLDERS["simulators"]),
    "odoo": with_odoo.run_addon,
    "test_lint": with_odoo.run_test_lint,
    "live": _pytest_stage(PYTEST_FOLDERS["live"]),
}


def _arguments():
    parser = argparse.ArgumentParser(
        prog="dev/test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tags", default="", help="Odoo's --test-tags")
    parser.add_argument("--only", default="", help="stages, separated by commas")
    parser.add_argument("paths", nargs="*", help="test files, folders, node ids")
    arguments = parser.parse_args()
    unknown = set(filter(None, arguments.only.split(","))) - set(STAGES)
    if unknown:
        parser.error(f"no stage {', '.join(sorted(unknown))}; there are: {[*STAGES]}")
    return arguments


def _inside(path):
    """``path``, given from anywhere, relative to the checkout."""
    file, separator, rest = path.partition("::")
    for base in (Path.cwd(), CHECKOUT):
        absolute = Path(os.path.normpath(base / file))
        if absolute.exists() and CHECKOUT in absolute.parents:
            return f"{absolute.relative_to(CHECKOUT)}{separator}{rest}"
    raise SetupError(f"there is no {file} in this checkout")


def _stage_of(path):
    for name, folder in PYTEST_FOLDERS.items():
        if f"{path}/".startswith(f"{folder}/"):
            return name
    return "odoo"


def _plan(arguments):
    """``{stage name: Selection}`` of what was asked for."""
    by_stage = {}
    for path in map(_inside, arguments.paths):
        by_stage.setdefault(_stage_of(path), []).append(path)
    if arguments.tags:
        by_stage.setdefault("odoo", [])
    names = list(filter(None, arguments.only.split(","))) or [*by_stage] or [*STAGES]
    return {
        name: Selection(arguments.tags, tuple(by_stage.get(name, ())))
        for name in STAGES
        if name in names
    }


def _run(name, selection):
    print(f"== {name}", flush=True)
    started = time.monotonic()
    try:
        outcome = STAGES[name](selection)
    except SetupError as error:
        outcome = Outcome(failed=1, notes=[str(error)])
    for note in outcome.notes:
        print(f"   {note}", flush=True)
    print(f"   {name}: {outcome} ({time.monotonic() - started:.0f} s)", flush=True)
    return outcome


def main():
    """Run what the command line asks for; returns the exit code."""
    outcomes = {name: _run(name, what) for name, what in _plan(_arguments()).items()}
    print("== summary")
    for name, outcome in outcomes.items():
        remark = outcome.notes[0].splitlines()[0] if outcome.notes else ""
        print(f"   {name:<11} {outcome}  {remark}".rstrip())
    total = sum(outcomes.values(), Outcome())
    if not total.passed + total.failed:
        print("   nothing was tested")
    print(total, flush=True)
    return 1 if total.failed or not total.passed else 0
