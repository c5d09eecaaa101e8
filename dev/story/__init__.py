# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One deal from Salesforce through Odoo and Stripe and back, played over real HTTP.

``dev/demo`` shows it, ``tests/live`` asserts it. Nothing of the addon is imported: the
story sees it as a user and the two providers do. From the ground up: ``waiting``,
``screen``, ``deal`` (what is sold, and what that must come to); ``odoo_client``,
``salesforce_org``, ``stripe_account`` (the three systems); ``connect`` (what an
administrator sets up), ``story`` (the steps), ``trials`` (webhooks gone wrong);
``stage`` (the processes), ``running`` (those that were left), ``commandline``.
"""
