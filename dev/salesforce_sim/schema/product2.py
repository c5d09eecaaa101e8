# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product2, with the billing interval that tells subscriptions from one-time items."""

from .field import area, choice, flag, text
from .sobject import define


def product2():
    return define(
        "Product2",
        "01t",
        (
            text("Name", 255, nillable=False, name_field=True),
            text("ProductCode", 255),
            area("Description", 4000),
            flag("IsActive"),
            choice("Family", "None", "Subscription", "Service", "Hardware"),
            text("StockKeepingUnit", 180),
            choice(
                "Q2C_Billing_Interval__c",
                "month",
                "year",
                "one_time",
                restricted=True,
            ),
        ),
        label="Product",
    )
