# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What follows from a write, done once for the many writes of a creation.

Odoo creates contacts together, but then hands them their company's address and
commercial fields by a write each.
"""

from contextlib import contextmanager


@contextmanager
def gathering(records, key):
    """Within it :func:`gather` keeps which records were written.

    :return: a set of the ids that were; empty where an outer one gathers them
    """
    data = records.env.cr.precommit.data
    if key in data:
        yield set()
        return
    data[key] = written = set()
    try:
        yield written
    finally:
        data.pop(key, None)


def gather(records, key):
    """:return: whether ``records`` were kept, so that nothing is to be done now"""
    written = records.env.cr.precommit.data.get(key)
    if written is None:
        return False
    written.update(records.ids)
    return True
