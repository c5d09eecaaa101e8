# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the person who watches sees."""

import sys
import time

WIDTH = 12


class Screen:
    """Numbered steps with the time since the start, and facts below them."""

    def __init__(self, steps, stream=None):
        self._stream = stream or sys.stdout
        self._steps = steps
        self._number = 0
        self._started = time.monotonic()
        self._transient = ""

    def step(self, title):
        """A new step begins."""
        self._number += 1
        clock = f"{time.monotonic() - self._started:6.1f} s"
        done = self._number * WIDTH // self._steps
        bar = "#" * done + "." * (WIDTH - done)
        self._line(f"[{bar}] {self._number:2}/{self._steps}  {clock}  {title}")

    def fact(self, text):
        """Something that the step brought about."""
        self._line(f"{' ' * 15}{text}")

    def waiting(self, text):
        """What is waited for; the next line takes its place. On a terminal only."""
        if self._stream.isatty():
            clock = f"{time.monotonic() - self._started:6.1f} s"
            self._clear()
            self._transient = f"{' ' * 15}… {text} {clock}"
            self._stream.write(self._transient)
            self._stream.flush()

    def _line(self, text):
        self._clear()
        print(text, file=self._stream, flush=True)

    def _clear(self):
        if self._transient:
            self._stream.write("\r" + " " * len(self._transient) + "\r")
            self._transient = ""


class Silence:
    """A screen that nobody watches."""

    def step(self, title):
        """Nothing is shown."""

    def fact(self, text):
        """Nothing is shown."""

    def waiting(self, text):
        """Nothing is shown."""


def amount(value, currency):
    """``1 234.50 USD``; ``value`` is a Decimal."""
    return f"{value:,.2f} {currency}".replace(",", " ")
