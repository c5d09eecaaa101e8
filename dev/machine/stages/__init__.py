# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The stages of ``dev/test``, in the order in which they run."""
