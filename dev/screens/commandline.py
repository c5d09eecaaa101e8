# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``dev/screenshots``: pictures of the main screens, from a database with demo data.

    dev/screenshots                       all of them, into docs/images
    dev/screenshots overview event_hold   some of them
    dev/screenshots --to /tmp/pictures    elsewhere
    dev/screenshots --all                 also those that the README does not show

The database is made for the occasion and dropped afterwards; --keep leaves it.
"""

import argparse
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from machine import browser, database, odoo
from machine.once import say
from machine.settings import CHECKOUT, SetupError, workspace
from machine.simulators import Simulators

from . import stage
from .camera import Camera
from .scenes import SCENES

# Checkouts share the server: each takes its pictures of a database of its own.
DATABASE = f"q2c_screenshots_{workspace().name}"
IMAGES = CHECKOUT / "docs" / "images"
APP_PAGE = CHECKOUT / "static" / "description"


def _arguments():
    parser = argparse.ArgumentParser(
        prog="dev/screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", type=Path, default=IMAGES)
    parser.add_argument("--all", action="store_true", help="every scene there is")
    parser.add_argument("--keep", action="store_true", help="leave the database")
    parser.add_argument("names", nargs="*", help="scenes to take")
    arguments = parser.parse_args()
    known = {scene.name for scene in SCENES}
    unknown = set(arguments.names) - known
    if unknown:
        parser.error(f"no scene {', '.join(sorted(unknown))}; there are: {known}")
    return arguments


def _chosen(arguments):
    if arguments.names:
        return [scene for scene in SCENES if scene.name in arguments.names]
    return [scene for scene in SCENES if arguments.all or scene.in_readme]


def main():
    """Take what the command line asks for; returns the exit code."""
    arguments = _arguments()
    try:
        _take(_chosen(arguments), arguments)
    except SetupError as error:
        print(f"dev/screenshots: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _salesforce():
    with Simulators("salesforce_sim") as simulators:
        stage.connect(DATABASE, simulators.url("salesforce_sim"))
        yield


def _take(scenes, arguments):
    path, reason = browser.find()
    if reason:
        raise SetupError(reason)
    arguments.to.mkdir(parents=True, exist_ok=True)
    if not (arguments.keep and database.exists(DATABASE)):
        stage.build(DATABASE)
    try:
        with (
            _salesforce(),
            odoo.OdooServer(DATABASE) as server,
            Camera(server.url, path) as camera,
        ):
            for scene in scenes:
                target = arguments.to / f"{scene.name}.png"
                camera.take(scene, target)
                if scene.on_app_page and arguments.to == IMAGES:
                    shutil.copy(target, APP_PAGE)
                say(f"took {target}")
    finally:
        if not arguments.keep:
            database.drop(DATABASE)
