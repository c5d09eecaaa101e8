# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Free TCP ports on loopback."""

import socket

LOOPBACK = "127.0.0.1"
TRIES = 200


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
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def free_from(preferred):
    """``preferred``, or the next port above it that is free."""
    for port in range(preferred, preferred + TRIES):
        if is_free(port):
            return port
    return any_free()
