# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Applying parameters to objects."""


def merge_metadata(obj: dict, given: dict | None) -> None:
    """Keys are added or replaced; an empty value or an empty whole deletes."""
    if given is None:
        obj["metadata"] = {}
        return
    merged = {**(obj["metadata"] or {}), **given}
    obj["metadata"] = {key: value for key, value in merged.items() if value != ""}


def apply(obj: dict, params: dict, *names: str) -> None:
    """Set the given parameters that the object stores under their own name."""
    for name in names:
        if name in params:
            obj[name] = params[name]
    if "metadata" in params:
        merge_metadata(obj, params["metadata"])


def clean_metadata(params: dict) -> dict:
    return {k: v for k, v in (params.get("metadata") or {}).items() if v != ""}


def full_address(given: dict | None) -> dict | None:
    if given is None:
        return None
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return {name: given.get(name) for name in names}
