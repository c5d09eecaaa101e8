# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo 19 Community: the given source, or Debian's package unpacked into the cache."""

from dataclasses import dataclass
from pathlib import Path

from . import debian, node, settings
from .once import built_once, exclusive
from .settings import SetupError

# Odoo, and what its static files link to.
FROM_SID = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
# Odoo needs Font Awesome 4.7; newer suites carry 7.
FROM_BOOKWORM = ("fonts-font-awesome", "fonts-inconsolata")
PREFIX = "odoo-19"
STRIPPED = Path("mail/static/lib/selfie_segmentation/selfie_segmentation.js")
DIST_PACKAGES = Path("usr/lib/python3/dist-packages")


@dataclass(frozen=True)
class Source:
    """Where Odoo lies."""

    packages: Path
    """Folder to put on ``sys.path``."""
    launcher: Path
    """Script that starts Odoo; a file, because Odoo's master process re-runs it."""
    addons: tuple
    """Folders of the addons path, without this project's own."""

    @property
    def version(self):
        """Name of this Odoo, for keys: the Debian package's, or the checkout's path."""
        note = self.launcher.parents[1] / "VERSION"
        return note.read_text().strip() if note.exists() else str(self.packages)


def find():
    """The ``Source`` to use, fetched where none was given.

    :raises SetupError: where the given path holds no Odoo 19, or none can be fetched.
    """
    given = settings.odoo_source()
    source = _read(given) if given else _read(_fetched())
    if source is None:
        raise SetupError(
            f"Q2C_ODOO_SOURCE={given} holds no Odoo: expected odoo-bin and addons/ of"
            f" a source checkout, or {DIST_PACKAGES}/odoo of an installed prefix."
        )
    _check_release(source)
    return source


def _read(root):
    packages = root / DIST_PACKAGES
    if (packages / "odoo").is_dir():
        return Source(packages, root / "usr/bin/odoo", (packages / "odoo" / "addons",))
    if (root / "odoo-bin").exists():
        addons = (root / "addons", root / "odoo" / "addons")
        return Source(root, root / "odoo-bin", addons)
    return None


def _check_release(source):
    release = (source.packages / "odoo" / "release.py").read_text()
    if "(19, 0," not in release:
        raise SetupError(f"{source.packages} is not Odoo 19.0")


def _fetched():
    if not debian.available():
        raise SetupError(
            "Odoo is fetched as a Debian package, and this machine has no apt."
            " Set Q2C_ODOO_SOURCE to an Odoo 19 source checkout."
        )
    return built_once(settings.cache() / PREFIX, _build)


def _build(prefix):
    packages = prefix / "packages"
    packages.mkdir()
    debian.fetch("sid", FROM_SID, packages)
    debian.fetch("bookworm", FROM_BOOKWORM, packages)
    names = debian.unpack(packages, prefix)
    for package in packages.iterdir():
        package.unlink()
    packages.rmdir()
    _refuse_dangling_links(prefix)
    (prefix / "usr" / "VERSION").write_text(
        next(name for name in names if name.startswith("odoo-19"))
    )


def complete(source, python):
    """Add to our own prefix the file that Debian strips from Odoo's mail addon.

    Without it every backend page logs a console error, and a browser test fails on
    any console error. A separate step, because npm may first have to come by pip.
    """
    prefix = settings.cache() / PREFIX
    target = source.packages / "odoo/addons" / STRIPPED
    if target.exists() or prefix not in source.packages.parents:
        return
    with exclusive(PREFIX, prefix.parent):
        origin = node.packages(python) / "@mediapipe/selfie_segmentation" / target.name
        target.parent.mkdir(exist_ok=True)
        draft = target.with_suffix(".draft")
        draft.write_bytes(origin.read_bytes())
        draft.rename(target)


def _refuse_dangling_links(prefix):
    dangling = [path for path in prefix.rglob("*") if not path.exists()]
    if dangling:
        raise SetupError(
            f"the Debian packages of Odoo leave {len(dangling)} dangling links, the"
            f" first is {dangling[0]}; set Q2C_ODOO_SOURCE to an Odoo 19 checkout."
        )
