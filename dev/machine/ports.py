# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Free TCP ports on loopback."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
TRIES = 200
# Linux: the first and last port that it gives to whoever does not ask for one.
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST, USUAL_FIRST_EPHEMERAL = 10000, 32768


def is_free(port):
    """Whether a server could listen on ``port`` of every interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def any_free():
    """A port that nobody uses now, and that nobody is given by chance.

    A server that is killed and started again has to find its port free: of the
    ephemeral ones any connection, or another server, may take it meanwhile.
    """
    last = _first_ephemeral() - 1
    for _try in range(TRIES):
        port = random.randint(FIRST, last)
        if is_free(port):
            return port
    raise OSError(f"None of {TRIES} ports between {FIRST} and {last} is free.")


def _first_ephemeral():
    try:
        first = int(EPHEMERAL.read_text().split()[0])
    except OSError:
        first = USUAL_FIRST_EPHEMERAL
    # Where nearly all are ephemeral there is nothing to avoid.
    return first if first > FIRST + TRIES else USUAL_FIRST_EPHEMERAL


def free_from(preferred):
    """``preferred``, or the next port above it that is free."""
    for port in range(preferred, preferred + TRIES):
        if is_free(port):
            return port
    return any_free()
