# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One file per resource. Loading a file adds its type and its addresses."""

import importlib
import pkgutil


def load() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
