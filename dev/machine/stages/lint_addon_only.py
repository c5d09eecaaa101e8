# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's launcher for its test_lint module, inspecting this addon and not all of Odoo.

Run as a script, with Odoo's own arguments.
"""

from odoo.cli.command import main
from odoo.modules import Manifest

ADDON = "quote_to_cash"


def only_this_addon():
    """What test_lint takes for the list of all addons."""
    return [Manifest.for_addon(ADDON)]


if __name__ == "__main__":
    Manifest.all_addon_manifests = staticmethod(only_this_addon)
    main()
