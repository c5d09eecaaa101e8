# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who customers are that come in, among many partners, beside plain searches.

The plain side looks for equal tax ids, e-mail addresses, names and telephone numbers in
one search each a batch, and takes a partner with the tax id, or with address and name.
It looks for no domains and knows no other spelling; what it finds, ours has to find.
"""

import time
from types import SimpleNamespace

from odoo.tools import email_normalize

from odoo.addons.quote_to_cash.canonical import Address, Customer
from odoo.addons.quote_to_cash.models.applier.partner_matching import PartnerMatching
from odoo.addons.quote_to_cash.models.applier.places import Places
from odoo.addons.quote_to_cash.models.engine.batch import Batch, Item

from . import report
from .contest import Side
from .errors import require

UNIT = "customers/s"
WORDS = "Alder Birch Cedar Dorset Ember Fjord Garnet Harbor Indigo Juniper".split()
TRADES = "Foods Robotics Logistics Clinics Energy Textiles Systems Media".split()
FORMS = ("GmbH", "Inc.", "Ltd", "S.A.", "B.V.")
# How a customer is written that is a partner; the rest is new.
EXACT, RESPELLED, RENAMED = range(3)
KINDS = 5
ADDRESS = Address(street="Main St 1", postal_code="02110", country="US")


class Scene:
    """A company with a Stripe connection and ``count`` partners with keys."""

    def __init__(self, env, count):
        self.count = count
        self.connection_id = _connection(env).id
        _populate(env, count)
        started = time.perf_counter()
        env["q2c.match.key"]._build()
        env.cr.commit()
        env.cr.execute("ANALYZE res_partner, q2c_match_key")
        env.cr.commit()
        seconds = time.perf_counter() - started
        print(f"   keys of {count} partners in {seconds:.0f} s", flush=True)

    def service(self, env):
        return env["q2c.connection"].browse(self.connection_id)._as_service()

    def customer(self, task):
        """The customer that comes in as ``task``; every side gets the same."""
        # A prime: the partners are all over the table.
        number = task.serial * 7919 % self.count
        kind = task.serial % KINDS
        if kind > RENAMED:
            number += self.count
        name, vat = _name(number), f"XX{number:09}"
        spelling = {
            RESPELLED: {"name": name.upper(), "vat": f"XX {number:09}"},
            # As an account of a CRM: no address, no tax id, but a website.
            RENAMED: {
                "vat": "",
                "email": "",
                "website": f"https://www.{_host(number)}",
            },
        }
        return Customer(
            **{
                "id": f"cus_{task.serial}",
                "name": name,
                "email": f"office@{_host(number)}",
                "vat": vat,
                "phone": f"+1 555 {number:07}",
                "billing": ADDRESS,
                **spelling.get(kind, {}),
            }
        )


class Ours(Side):
    """Candidates with their evidence, by the index of keys."""

    label = "ours"

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.found = {}

    def prepare(self, tasks):
        self.env.invalidate_all()

    def work(self, tasks):
        items = []
        for task in tasks:
            document = self.scene.customer(task)
            items.append(Item(None, document.ref, None, document=document))
        batch = Batch(self.scene.service(self.env), items, {})
        addresses = [item.document.billing for item in items]
        batch.lookup = SimpleNamespace(places=Places(batch.env, addresses))
        matching = PartnerMatching(batch, items)
        for item in items:
            proposal = matching.find(item)
            if proposal:
                self.found[item.ref.id] = proposal.partner.id
        self.doubtful = len(matching.doubtful)
        self.env.cr.commit()


class Theirs(Side):
    """One search a batch for each kind of key."""

    label = "plain"

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.found = {}

    def prepare(self, tasks):
        self.env.invalidate_all()

    def work(self, tasks):
        customers = [self.scene.customer(task) for task in tasks]
        groups = {
            field: self._by(field, {value(c) for c in customers})
            for field, value in KEYS.items()
        }
        for customer in customers:
            same = {f: groups[f].get(value(customer)) for f, value in KEYS.items()}
            both = same["email_normalized"] and same["name"]
            partners = same["vat"] or (both and same["email_normalized"] & same["name"])
            if partners and len(partners) == 1:
                self.found[customer.id] = partners.id
        self.env.cr.commit()

    def _by(self, field, values):
        model = self.scene.service(self.env).env["res.partner"]
        values -= {"", False}
        return model.search([(field, "in", sorted(values))]).grouped(field)


KEYS = {
    "vat": lambda customer: customer.vat,
    "email_normalized": lambda customer: email_normalize(customer.email),
    "name": lambda customer: customer.name,
    "phone": lambda customer: customer.phone,
}


def run(env, arguments):
    """Measure and print; returns the closing line."""
    scene = Scene(env, arguments.partners)
    sides = [Ours(scene, env.registry), Theirs(scene, env.registry)]
    return report.contest("matching", sides, arguments, check=_check, unit=UNIT)


def _check(ours, theirs):
    """All that plain searches find, ours finds; and everybody who is there is found."""
    for customer, partner in theirs.found.items():
        require(ours.found.get(customer) == partner, f"ours did not find {customer}")
    there = sum(task.serial % KINDS <= RENAMED for task in ours.tasks)
    require(len(ours.found) == there, f"{len(ours.found)} of {there} were found")
    return f"of {len(ours.tasks)} customers {there} are partners: ours found" + (
        f" {len(ours.found)}, plain searches {len(theirs.found)}"
    )


def _name(number):
    word, trade = WORDS[number % 10], TRADES[number // 10 % 8]
    return f"{word} {trade} {number // 80} {FORMS[number % 5]}"


def _host(number):
    return f"c{number}.example"


def _connection(env):
    connection = env["q2c.connection"].create(
        {"name": "Stripe", "provider": "stripe", "company_id": env.company.id}
    )
    env.cr.commit()
    return connection


def _populate(env, count):
    """Partners as Odoo's create leaves them, but for the time that it would take."""
    template = env["res.partner"].create(
        {
            "name": "Template",
            "is_company": True,
            "country_id": env.ref("base.us").id,
            "street": ADDRESS.street,
            "zip": ADDRESS.postal_code,
        }
    )
    env.flush_all()
    own = {
        "id": "nextval('res_partner_id_seq')",
        "name": "v.name",
        "complete_name": "v.name",
        "email": "v.email",
        "email_normalized": "v.email",
        "vat": "v.vat",
        "phone": "v.phone",
        "website": "v.website",
        "commercial_partner_id": "currval('res_partner_id_seq')",
    }
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'res_partner' AND is_generated = 'NEVER'"
    )
    columns = [name for (name,) in env.cr.fetchall()]
    chosen = ", ".join(own.get(name, f't."{name}"') for name in columns)
    numbers = range(count)
    env.cr.execute(
        f"""
        INSERT INTO res_partner ({", ".join(f'"{name}"' for name in columns)})
        SELECT {chosen}
          FROM res_partner t, unnest(%s::text[], %s, %s, %s, %s)
               AS v(name, email, vat, phone, website)
         WHERE t.id = %s
        """,
        [
            [_name(n) for n in numbers],
            [f"office@{_host(n)}" for n in numbers],
            [f"XX{n:09}" for n in numbers],
            [f"+1 555 {n:07}" for n in numbers],
            [f"http://{_host(n)}" for n in numbers],
            template.id,
        ],
    )
    env.invalidate_all()
    template.unlink()
    env.cr.commit()
