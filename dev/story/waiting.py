# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Waiting for what other processes do."""

import time

PAUSE = 0.3
# What takes a second on an idle machine; a loaded one takes its time.
SECONDS = 120


class StoryError(Exception):
    """The story went another way than it should; the message says where."""


def until(probe, what, seconds=SECONDS, meanwhile=None):
    """The first true value of ``probe()``.

    :param what: names in the message what did not happen.
    :param meanwhile: called between two probes.
    :raises StoryError: when the time is up.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StoryError(f"{what} did not happen within {seconds} seconds")
        if meanwhile:
            meanwhile()
        time.sleep(PAUSE)


def check(condition, complaint):
    """:raises StoryError: with ``complaint``, unless ``condition`` holds."""
    if not condition:
        raise StoryError(complaint)


def check_equal(found, expected, what):
    """:raises StoryError: unless both are the same."""
    check(found == expected, f"{what}: {found!r}, but it must be {expected!r}")
