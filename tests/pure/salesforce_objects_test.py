# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is asked for exists: lists of fields, and the simulator, against the platform's
own objects."""

import pytest
from quote_to_cash.providers.salesforce import fields
from salesforce_sim.schema.registry import Schema as Simulated

from tests.pure.salesforce_objects import FIELDS, PARENTS, TYPES


@pytest.mark.parametrize("sobject", fields.OF_SOBJECT)
def test_every_field_that_is_asked_for_is_one_of_the_object(sobject):
    listed = fields.OF_SOBJECT[sobject]
    for path in (*listed.required, *listed.optional):
        parent, dot, name = path.rpartition(".")
        owner = PARENTS[f"{sobject}.{parent}"] if dot else sobject
        assert name in FIELDS[owner], f"{sobject}.{path}"


def simulated():
    schema = Simulated()
    schema.set_multi_currency(True)
    schema.set_person_accounts(True)
    for sobject in fields.OF_SOBJECT:
        for field in schema[sobject].fields.values():
            if not field.custom:
                yield pytest.param(sobject, field, id=f"{sobject}.{field.name}")


@pytest.mark.parametrize(("sobject", "field"), list(simulated()))
def test_the_simulator_has_no_field_that_the_object_has_not(sobject, field):
    kind = FIELDS[sobject].get(field.name)
    assert kind, f"{sobject} has no {field.name}"
    assert field.type in TYPES[kind]


def test_the_simulator_has_what_is_asked_for():
    schema = Simulated()
    schema.set_multi_currency(True)
    schema.set_person_accounts(True)
    for sobject, listed in fields.OF_SOBJECT.items():
        known = {field.name for field in schema[sobject].fields.values()}
        assert set(listed.required) <= known
