# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tiers as they are given, and as a price keeps them."""

from decimal import Decimal

from stripe_sim.core import errors


def tiers_of(params: dict) -> list[dict]:
    """The tiers of a new price; empty for one that is not tiered."""
    if params.get("billing_scheme") != "tiered":
        if params.get("tiers"):
            raise errors.invalid(
                "You may only specify `tiers` when `billing_scheme=tiered`.", "tiers"
            )
        return []
    for name in ("tiers", "tiers_mode"):
        if not params.get(name):
            raise errors.missing_param(name)
    tiers = [_tier(given) for given in params["tiers"]]
    _check(tiers)
    return tiers


def _check(tiers: list[dict]) -> None:
    bounds = [tier["up_to"] for tier in tiers]
    if bounds[-1] is not None:
        raise errors.invalid("The last tier must have `up_to=inf`.", "tiers")
    if None in bounds[:-1] or bounds[:-1] != sorted(set(bounds[:-1])):
        raise errors.invalid("The tiers must be in ascending order.", "tiers")


def _tier(given: dict) -> dict:
    return {
        "up_to": None if given["up_to"] == "inf" else given["up_to"],
        **_amount(given, "unit_amount"),
        **_amount(given, "flat_amount"),
    }


def _amount(given: dict, name: str) -> dict:
    """Both forms of an amount; the integer only where it is whole."""
    text = given.get(f"{name}_decimal")
    if given.get(name) is not None:
        text = str(given[name])
    if text is None:
        return {name: None, f"{name}_decimal": None}
    exact = Decimal(text)
    whole = int(exact) if exact == exact.to_integral_value() else None
    return {name: whole, f"{name}_decimal": text}
