# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Running other programs."""

import subprocess

from .settings import SetupError

TAIL = 40


def call(arguments, **options):
    """Run a program and return its standard output.

    :raises SetupError: with the command and the end of its output, when it fails.
    """
    arguments = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            **options,
        )
    except OSError as error:
        raise SetupError(f"{arguments[0]}: {error}") from error
    if done.returncode:
        output = (done.stdout + done.stderr).splitlines()[-TAIL:]
        raise SetupError(
            "\n".join([f"failed ({done.returncode}): {' '.join(arguments)}", *output])
        )
    return done.stdout


def succeeds(arguments, **options):
    """Whether a program ran and returned 0."""
    try:
        call(arguments, **options)
    except SetupError:
        return False
    return True
