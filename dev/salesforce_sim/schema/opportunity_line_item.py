# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""OpportunityLineItem."""

from .field import READ_ONLY, day, link, money
from .field import Field as F
from .priced_lines import named_line, priced_line
from .sobject import define


def opportunity_line_item():
    return define(
        "OpportunityLineItem",
        "00k",
        (
            link(
                "OpportunityId",
                "Opportunity",
                children="OpportunityLineItems",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            F("SortOrder", "int", precision=8),
            *priced_line(),
            *named_line(),
            money("Subtotal", derived=True, **READ_ONLY),
            money("TotalPrice"),
            day("ServiceDate"),
        ),
        label="Opportunity Product",
    )
