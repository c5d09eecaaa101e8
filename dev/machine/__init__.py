# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What sets up and runs Odoo, PostgreSQL, the stand-ins and the tests.

``settings`` lists the environment variables. ``bootstrap.prepare()`` brings everything
up; ``bootstrap``, and what it imports, uses the standard library only, because it runs
before anything is installed.
"""
