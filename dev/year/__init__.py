# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A business year: customers who subscribe, change their minds, pay, do not pay and are
paid back, played on the Stripe simulator with a moved clock while Odoo keeps the books.

``tests/live/year_test.py`` asserts it, ``dev/bench year`` measures it. Nothing of the
addon is imported. From the ground up: ``calendar``, ``catalogue`` (what is sold, at
which taxes and rates), ``plan`` (who does what on which day, from a seed; ``lives``
says what kinds of customers there are), ``shop``, ``contracts``, ``payments`` and
``hands`` (do it at Stripe), ``office`` (what people in Odoo do), ``post`` (delivers
webhooks late, twice and out of order), ``year`` (steps the clock); ``stripe_books``,
``odoo_books``, ``sides`` (both, without what is planted to be held), ``documents``,
``balances`` and ``audit`` (do both say the same?).
"""
