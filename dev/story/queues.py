# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Inbox and outbox as the sync log shows them."""

OPEN = ("queued", "waiting")
SHOWN = ("display_name", "state", "reason", "message", "remedy")
MODELS = (("event", "q2c.event"), ("command", "q2c.command"))


def open_count(odoo, connections=()):
    """How much is not settled yet."""
    domain = [("state", "in", OPEN), *_of(connections)]
    return sum(odoo.count(model, domain) for _word, model in MODELS)


def failed(odoo, connections=()):
    """What a person must see to, one sentence each."""
    return _described(odoo, [("state", "=", "failed"), *_of(connections)])


def unsettled(odoo):
    """What failed or still waits, one sentence each."""
    return _described(odoo, [("state", "in", ("failed", *OPEN))])


def _of(connections):
    return [("connection_id", "in", list(connections))] if connections else []


def _described(odoo, domain):
    rows = [
        (word, row)
        for word, model in MODELS
        for row in odoo.find(model, domain, *SHOWN, limit=40)
    ]
    return [_sentence(word, row) for word, row in rows]


def _sentence(word, row):
    parts = [f"{word} {row['display_name']} ({row['state']}):"]
    parts += [row["message"] or row["reason"] or "not worked on yet", row["remedy"]]
    return " ".join(filter(None, parts))
