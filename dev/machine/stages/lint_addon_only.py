# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's launcher for its test_lint module, inspecting this addon and not all of Odoo.

Run as a script, with Odoo's own arguments.
"""

import os
import subprocess

from odoo.cli.command import main
from odoo.modules import Manifest
from odoo.tools import config

ADDON = "quote_to_cash"
_run = subprocess.run


def only_this_addon():
    """What test_lint takes for the list of all addons."""
    return [Manifest.for_addon(ADDON)]


def without_odoo_itself(arguments, *rest, **options):
    """``subprocess.run``: pylint is given the addons and, for ten minutes, all of Odoo
    besides; eslint also the plugins for the addons of the point of sale, none of which
    is inspected."""
    tool = os.path.basename(arguments[0])
    if tool == "pylint":
        arguments = [each for each in arguments if each != config.root_path]
    if tool == "eslint" and not any(each.endswith(".js") for each in arguments):
        return subprocess.CompletedProcess(arguments, 0, "", "")
    return _run(arguments, *rest, **options)


if __name__ == "__main__":
    Manifest.all_addon_manifests = staticmethod(only_this_addon)
    subprocess.run = without_odoo_itself
    main()
