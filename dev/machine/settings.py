# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Settings, all of them environment variables, all of them optional.

==================== ==================================================================
``Q2C_CACHE``        Folder shared by all clones: Odoo, the virtual environments, the
                     PostgreSQL cluster. Default: ``$XDG_CACHE_HOME/quote_to_cash`` or
                     ``~/.cache/quote_to_cash``; for root ``/var/cache/quote_to_cash``,
                     because PostgreSQL then runs as a user of its own, which cannot
                     enter root's home folder.
``Q2C_ODOO_SOURCE``  An Odoo 19 source checkout, or an installed prefix. Default: the
                     Debian package ``odoo-19``, unpacked into the cache.
``Q2C_POSTGRES``     ``postgresql://user:password@host:port/`` of a role that may create
                     databases. Default: a private cluster in the cache.
``Q2C_PYTHON``       A Python 3.10 to 3.13. Default: the running one, else the first
                     on ``PATH`` that fits.
``Q2C_HTTP_PORT``    Preferred port of Odoo; the next free one is taken where it is
                     busy. Default: 8069.
``Q2C_CHROMIUM``     A Chromium or Chrome for tours. Default: the one on ``PATH``, else
                     Debian's package where this runs as root.
``Q2C_ENVIRONMENT``  Handed to Odoo as it is: ``test`` or ``live``.
``Q2C_SHARED``       Folder with provider descriptions that some tests read; they say
                     that they were skipped where it is absent.
==================== ==================================================================
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parents[2]
DEV = CHECKOUT / "dev"
ADDON = "quote_to_cash"
HTTP_PORT = 8069


class SetupError(Exception):
    """The machine cannot be set up; the message says why and what to do."""


def _path(name):
    value = os.environ.get(name)
    return Path(value).expanduser().absolute() if value else None


def cache():
    """Folder shared by all clones on this machine."""
    given = _path("Q2C_CACHE")
    if given:
        return given
    if os.geteuid() == 0:
        return Path("/var/cache") / ADDON
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / ADDON


def workspace():
    """Folder of this checkout's own logs, configuration and addons link.

    It lies in the cache, not in the checkout, so that a read-only checkout, or one
    that belongs to another user, works too.
    """
    key = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    folder = cache() / "checkouts" / key
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def odoo_source():
    """Path given by the user, or None."""
    return _path("Q2C_ODOO_SOURCE")


def python():
    """Interpreter given by the user, or None."""
    return os.environ.get("Q2C_PYTHON") or None


def chromium():
    """Browser given by the user, or None."""
    return os.environ.get("Q2C_CHROMIUM") or None


def http_port():
    """Preferred port of Odoo."""
    return int(os.environ.get("Q2C_HTTP_PORT") or HTTP_PORT)


def postgres():
    """``{"host", "port", "user", "password"}`` given by the user, or None.

    :raises SetupError: for a URL without a user, or the user that Odoo refuses.
    """
    url = os.environ.get("Q2C_POSTGRES")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.username in (None, "postgres"):
        raise SetupError(
            "Q2C_POSTGRES must name a role of its own: Odoo refuses to run as"
            " 'postgres'. Create one: createuser --createdb odoo"
        )
    return {
        "host": unquote(parts.hostname or "localhost"),
        "port": parts.port or 5432,
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
    }
