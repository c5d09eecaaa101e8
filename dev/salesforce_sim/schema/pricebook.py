# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pricebook2 and PricebookEntry."""

from .field import READ_ONLY, area, flag, link, money, text
from .sobject import define


def pricebook2():
    return define(
        "Pricebook2",
        "01s",
        (
            text("Name", 255, nillable=False, name_field=True),
            area("Description", 255),
            flag("IsActive"),
            flag("IsStandard", **READ_ONLY),
        ),
        label="Price Book",
    )


def pricebook_entry():
    return define(
        "PricebookEntry",
        "01u",
        (
            text("Name", 255, name_field=True, derived=True, **READ_ONLY),
            link(
                "Pricebook2Id",
                "Pricebook2",
                "Pricebook2",
                children="PricebookEntries",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            link(
                "Product2Id",
                "Product2",
                "Product2",
                children="PricebookEntries",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            money("UnitPrice", nillable=False),
            flag("IsActive"),
            flag("UseStandardPrice"),
            text("ProductCode", 255, derived=True, **READ_ONLY),
        ),
        label="Price Book Entry",
        plural="Price Book Entries",
    )
