# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers used, from the events that a meter was told."""


def is_metered(price: dict) -> bool:
    return bool(price["recurring"]) and price["recurring"]["usage_type"] == "metered"


def usage(world, subscription: dict, price: dict, period: tuple[int, int]) -> int:
    """Of the customer in [start, end), put together as the meter says."""
    meter = world.store.find("billing.meter", price["recurring"]["meter"])
    values = [
        event["_value"]
        for event in world.store.all("billing.meter_event")
        if event["event_name"] == meter["event_name"]
        and event["_customer"] == subscription["customer"]
        and period[0] <= event["timestamp"] < period[1]
    ]
    formula = meter["default_aggregation"]["formula"]
    if formula == "count":
        return len(values)
    if formula == "last":
        return values[-1] if values else 0
    return sum(values)
