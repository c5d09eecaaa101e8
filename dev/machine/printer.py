# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The program that Odoo prints PDFs with."""

import functools
import os
import shutil

from . import debian
from .settings import SetupError

NAME = "wkhtmltopdf"


@functools.lru_cache(maxsize=1)
def find():
    """``(path, None)``, or ``(None, reason)``, to be shown.

    Debian's goes without repeated headers and footers, which need a Qt of its own that
    only the makers of the program hand out.
    """
    if not shutil.which(NAME):
        if os.geteuid() != 0 or not debian.available():
            return None, f"no {NAME}, and only root can install it from Debian"
        try:
            debian.install(NAME)
        except SetupError as error:
            return None, f"{NAME} could not be installed: {error}"
    return shutil.which(NAME), None
