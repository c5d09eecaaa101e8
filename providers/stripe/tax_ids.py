# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tax ids of customers that are there already: objects of their own, with calls of
their own (https://docs.stripe.com/api/customer_tax_ids). Only a new customer takes them
along."""

from __future__ import annotations

import re

from .connector import Connector, path_of


def settle(connector: Connector, customer: str, wanted: list[dict], key: str) -> None:
    """Have ``customer`` bear ``wanted``, as ``tax_id_data`` says it.

    Another number of the same type and country is replaced, for a company has one in
    each country; all others are somebody else's. What is there is looked at first, so
    that nothing is done twice.

    :param key: idempotency key of the whole
    :raises Hold: refused
    :raises Retry: passing fault
    """
    path = f"{path_of('customers', customer)}/tax_ids"
    known = [entry for page in connector.pages(path) for entry in page["data"]]
    for tax_id in wanted:
        subject = f"the tax id {tax_id['value']} of the customer {customer}"
        if not any(_identity(entry) == _identity(tax_id) for entry in known):
            connector.post(path, tax_id, subject, f"{key} {tax_id['value']}")
        for entry in known:
            if _is_former(entry, tax_id):
                connector.delete(f"{path}/{entry['id']}", subject)


def _is_former(entry: dict, tax_id: dict) -> bool:
    kind, value = _identity(entry)
    wanted_kind, wanted_value = _identity(tax_id)
    same_place = kind == wanted_kind and value[:2] == wanted_value[:2]
    return same_place and value != wanted_value


def _identity(tax_id: dict) -> tuple[str, str]:
    """(type, value), however it is written."""
    return tax_id["type"], re.sub(r"[^0-9A-Z]", "", tax_id["value"].upper())
