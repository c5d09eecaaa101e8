# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Any number of customers with their people, the same at each time, for what is to be
seen at scale. No two have a name, address or number in common."""

from __future__ import annotations

from .behaviour import before_save
from .records.writer import defaults
from .stamps import created

WORDS = "Alder Birch Cedar Dorset Ember Fjord Garnet Harbor Indigo Juniper".split()
TRADES = "Foods Robotics Logistics Clinics Energy Textiles Systems Media".split()
FORMS = ("GmbH", "Inc.", "Ltd", "S.A.", "B.V.")
FIRST_NAMES = "Ada Boris Chloe Dmitri Esra Farid Greta Hiro Ines Jonas".split()
TITLES = ("Buyer", "CFO", "Head of Operations")


def account(number: int) -> dict:
    """The fields of the ``number``-th account."""
    word, trade = WORDS[number % 10], TRADES[number // 10 % 8]
    return {
        "Name": f"{word} {trade} {number // 80} {FORMS[number % 5]}",
        "AccountNumber": f"C-{number}",
        "Phone": f"+1 555 {number:08}",
        "Website": f"https://www.c{number}.example",
        "BillingStreet": f"{number % 900 + 1} Main St",
        "BillingCity": "Boston",
        "BillingStateCode": "MA",
        "BillingPostalCode": f"{2000 + number % 900:05}",
        "BillingCountryCode": "US",
    }


def contact(number: int, place: int) -> dict:
    """The fields of the ``place``-th person at the ``number``-th account."""
    first = FIRST_NAMES[(number + place) % 10]
    return {
        "FirstName": first,
        "LastName": f"{WORDS[number % 10]}son {number}",
        "Email": f"{first.lower()}.{place}@c{number}.example",
        "Phone": f"+1 556 {number:08}{place}",
        "Title": TITLES[place % 3],
    }


def gather(org, accounts: int, people: int) -> int:
    """Put ``accounts`` with ``people`` contacts each into the organisation, the way
    that writing them leaves them; how many records that are."""
    with org.store.transaction():
        for number in range(accounts):
            record_id = _put(org, "Account", account(number))
            for place in range(people):
                person = {**contact(number, place), "AccountId": record_id}
                _put(org, "Contact", person)
    return accounts * (1 + people)


def _put(org, name: str, values: dict) -> str:
    sobject = org.schema[name]
    row = {"Id": org.ids.next(sobject.key_prefix), **defaults(org, sobject), **values}
    row = before_save(org, sobject, None, created(org, row))
    org.store.put(name, row)
    return row["Id"]
