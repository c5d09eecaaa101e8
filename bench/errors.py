# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
class BenchError(Exception):
    """The figures would mean nothing; the message says why."""


def require(condition, message):
    """:raises BenchError: ``condition`` does not hold"""
    if not condition:
        raise BenchError(message)
