# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the addon costs, beside Odoo doing the same work by itself; see ``dev/bench``.

Runs in a process of its own on a database of its own; the addon never imports it. From
the ground up: ``errors``; ``payloads`` (what Stripe sends, after ``payloads/*.json``);
``scene`` (a company, customers, a product, a tax, all linked to Stripe); ``contest``
(two sides take turns at batches of the same work); ``books`` (did both do the same?);
``invoices`` and ``payments`` (the two sides of each); ``report``; ``year`` (that of
``dev/year``, timed); ``commandline``.

A benchmark is a module with ``run(env, arguments)``, which prints what it finds and
returns its closing line; ``year`` starts its own Odoo and has ``run(arguments)``.
"""
