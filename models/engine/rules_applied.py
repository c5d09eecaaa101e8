# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which rules the work met on its way: told by whoever applied one, to whoever asks."""

KEY = "q2c_rules_applied"


class RulesApplied:
    """Put into the context under ``KEY``, it keeps what is told, as words: what the
    words are about may be taken back right after. A batch that is halved tells a thing
    again, so each is kept once."""

    def __init__(self, env=None):
        """:param env: of whoever asks, in whose words records are named"""
        self.env = env
        # {(kind, the provider's word): what it is in Odoo, empty where nothing}
        self.mappings = {}
        # {ref: {"linked", "proposals": [{"name", "score", "barred", "evidence"}]}}
        self.candidates = {}
        # {(document in words, date): whether that day is locked}
        self.dates = {}
        # Value of q2c.connection.invoice_posting, empty where nothing was to be posted.
        self.posting = ""
        # {ref: {"record", "type", "is_new", "is_origin"}}
        self.links = {}
        # {ref: {"written", "kept"}}: labels of the fields of a record that was there,
        # of which the object's values win, and of which those of another owner stay.
        self.owners = {}
        # {ref: {"checks", "outcomes"}}: see routing_terms.Choice; outcomes are
        # {name of a field: (the target in words, name of the rule)}
        self.routes = {}
        # {ref: why it was read from the provider: incomplete, older}
        self.fetched = {}

    def mapped(self, kind, key, target):
        if key:
            self.mappings[kind, key] = self._name(target) if target else ""

    def matched(self, ref, proposals, linked):
        self.candidates[ref] = {
            "linked": linked,
            "proposals": [
                {
                    "name": self._name(proposal.partner),
                    "score": proposal.score,
                    "barred": proposal.barred,
                    "evidence": proposal.lines(),
                }
                for proposal in proposals
            ],
        }

    def dated(self, what, date, locked):
        self.dates[what, str(date)] = locked

    def owned(self, ref, record, written, kept):
        """
        :param written: names of fields of ``record``, as ``kept`` are
        """
        told = {"written": written, "kept": kept}
        self.owners[ref] = {
            what: sorted(
                record._fields[name]._description_string(self.env) for name in names
            )
            for what, names in told.items()
        }

    def posted(self, policy):
        self.posting = policy

    def routed(self, ref, choice, targets):
        """
        :param targets: {name of a field of the rule: the record that was chosen}
        """
        self.routes[ref] = {
            "checks": choice.checks,
            "outcomes": {
                name: (self._name(target), choice.outcomes[name][1])
                for name, target in targets.items()
            },
        }

    def _name(self, record):
        named = record.with_env(self.env).with_company(record.env.company)
        return named.display_name or ""

    def linked(self, bindings, known):
        """Told by the preview itself.

        :param bindings: {ref: q2c.binding} after the work
        :param known: the same before it
        """
        for ref, binding in bindings.items():
            if not binding:
                continue
            self.links[ref] = {
                "record": binding.record_name or "",
                "type": binding.record_type or "",
                "is_new": ref not in known,
                "is_origin": binding.is_origin,
            }


class _Unheard(RulesApplied):
    """Nobody asks."""

    def mapped(self, *_args):
        pass

    matched = dated = owned = posted = routed = mapped


_UNHEARD = _Unheard()


def rules_of(env):
    """Whom to tell. What a client writes into the context is no such thing."""
    asked = env.context.get(KEY)
    return asked if isinstance(asked, RulesApplied) else _UNHEARD
