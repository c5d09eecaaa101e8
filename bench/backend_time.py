# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How long PostgreSQL worked for a cursor, as Linux counts it."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# In /proc/<pid>/stat, counted from what follows the name of the program.
USER, SYSTEM = 11, 12


def backend_seconds(cursor):
    """Seconds of processor time of the server process behind ``cursor``, which is on
    this machine."""
    text = Path(f"/proc/{cursor._cnx.info.backend_pid}/stat").read_text()
    fields = text.rpartition(")")[2].split()
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS
