# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The memory of this process, as Linux counts it."""

from pathlib import Path

from .errors import require

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Memory:
    """The largest resident size since the last reset."""

    def __init__(self):
        self.reset()

    def reset(self):
        RESET.write_text("5")

    def peak(self):
        """In MB."""
        lines = STATUS.read_text().splitlines()
        found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        require(found, "this system does not tell the memory of a process")
        return int(found[0]) // 1024
