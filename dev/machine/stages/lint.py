# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Static checks; each tool counts as one test."""

import os
import subprocess

from .. import bootstrap, node, odoo, settings
from ..settings import ADDON, CHECKOUT
from .outcome import Outcome

PRETTIER_SUFFIXES = {".xml", ".js", ".cjs", ".scss", ".json", ".yaml", ".yml"}


def run(_selection):
    """Run every tool and print what those say that fail."""
    outcome = Outcome()
    for name, command, environment in _tools():
        if command is None:
            outcome += Outcome(skipped=1, notes=[f"{name}: skipped, nothing to check"])
        else:
            outcome += _one(name, command, environment)
    return outcome


def _one(name, command, environment):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=CHECKOUT,
        env={**bootstrap.prepare().environment(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"   {name}: {'failed' if done.returncode else 'passed'}", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
        return Outcome(failed=1, notes=[f"{name} failed"])
    return Outcome(passed=1)


def _tools():
    yield "ruff check", [*_ruff("check"), "--no-fix", "."], {}
    yield "ruff format", [*_ruff("format"), "--check", "."], {}
    yield "pylint-odoo", _pylint(), {"PYTHONDONTWRITEBYTECODE": "1"}
    yield "oca-checks-odoo-module", _oca_module(), {}
    yield "oca-checks-po", _oca_po(), {}
    yield "prettier", _prettier(), _prettier_environment()


def _ruff(verb):
    program = bootstrap.prepare().scripts / "ruff"
    return [program, verb, "--cache-dir", settings.workspace() / "ruff"]


def _addon():
    """The addon under its technical name, which the linters read off the folder."""
    present = (CHECKOUT / "__manifest__.py").exists()
    return odoo.addons_folder() / ADDON if present else None


def _pylint():
    addon = _addon()
    rules = f"--rcfile={CHECKOUT / '.pylintrc-mandatory'}"
    python = bootstrap.prepare().python
    return addon and [python, "-m", "pylint", rules, addon]


def _oca_module():
    addon = _addon()
    program = bootstrap.prepare().scripts / "oca-checks-odoo-module"
    return addon and [program, f"--config={CHECKOUT / '.oca_hooks.cfg'}", addon]


def _oca_po():
    files = sorted(CHECKOUT.glob("i18n/*.po*"))
    program = bootstrap.prepare().scripts / "oca-checks-po"
    # Odoo's own export is not formatted as the tool would.
    return [program, "--disable=po-pretty-format", *files] if files else None


def _prettier():
    files = [path for path in _visible_files() if path.suffix in PRETTIER_SUFFIXES]
    if not files:
        return None
    python = bootstrap.prepare().python
    script = node.packages(python) / "prettier/bin/prettier.cjs"
    return [node.executable(python), script, "--check", *files]


def _prettier_environment():
    modules = node.packages(bootstrap.prepare().python)
    plugin = modules / "@prettier/plugin-xml/src/plugin.js"
    return {"PRETTIER_PLUGIN_XML": str(plugin)}


def _visible_files():
    """Files of the checkout, relative to it, without hidden and installed ones."""
    for folder, folders, names in os.walk(CHECKOUT):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in ("node_modules", "build")
        )
        for name in sorted(names):
            yield (settings.Path(folder) / name).relative_to(CHECKOUT)
