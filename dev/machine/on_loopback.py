# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run a module as a program that cannot listen beyond this machine.

``python on_loopback.py MODULE [ARGUMENTS]``; for servers without an option for it.
Run as a script, in a process of its own: it imports nothing of this project.
"""

import runpy
import socket
import sys

# The IPv4 loopback as an IPv6 socket writes it: clients reach it as 127.0.0.1.
LOOPBACK = {
    socket.AF_INET: {"": "127.0.0.1", "0.0.0.0": "127.0.0.1"},
    socket.AF_INET6: {"": "::ffff:127.0.0.1", "::": "::ffff:127.0.0.1"},
}


class LoopbackSocket(socket.socket):
    """A socket whose wildcard addresses mean loopback."""

    def bind(self, address):
        """Bind to loopback where every interface was asked for."""
        if self.family in LOOPBACK:
            host = LOOPBACK[self.family].get(address[0], address[0])
            address = (host, *address[1:])
        return super().bind(address)


if __name__ == "__main__":
    socket.socket = LoopbackSocket
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
