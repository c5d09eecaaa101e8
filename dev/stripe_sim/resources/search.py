# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Search: a small part of Stripe's query language.

docs.stripe.com/search: clauses joined by AND or by OR (not both), `-` negates,
`:` equals, `~` contains, `>` `<` `>=` `<=` compare numbers. Found at once,
where Stripe's index may lag by a minute.
"""

import re

from stripe_sim.core import errors
from stripe_sim.wire import params as p
from stripe_sim.wire.routes import route

_FIELDS = {
    "customer": ("created", "email", "name", "phone"),
    "product": ("active", "description", "name", "url"),
    "price": ("active", "currency", "lookup_key", "product", "type"),
    "subscription": ("created", "status", "canceled_at"),
    "invoice": ("created", "currency", "customer", "number", "status", "total"),
    "charge": ("amount", "created", "currency", "customer", "status"),
    "payment_intent": ("amount", "created", "currency", "customer", "status"),
}
_CLAUSE = re.compile(
    r"""\s*(-?)(\w+)(?:\[["'](.*?)["']\])?\s*(>=|<=|:|~|>|<)\s*"""
    r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w.-]+))\s*"""
)
_JOINT = re.compile(r"(AND|OR|)\s*")


def _clauses(kind: str, query: str) -> tuple[list, bool]:
    """(tests, whether any one suffices)."""
    tests, joints, place = [], set(), 0
    while place < len(query):
        match = _CLAUSE.match(query, place)
        if not match:
            raise _malformed(query)
        tests.append(_test(kind, match))
        joint = _JOINT.match(query, match.end())
        if match.end() < len(query):
            joints.add(joint[1] or "AND")
        place = joint.end()
    if not tests or len(joints) > 1:
        raise _malformed(query)
    return tests, joints == {"OR"}


def _malformed(query: str):
    return errors.invalid(
        f"We were unable to parse your search query: {query}. See"
        " https://stripe.com/docs/search#search-query-language.",
        "query",
    )


def _test(kind: str, match):
    negated, name, key, operator = match.group(1, 2, 3, 4)
    quoted = next((text for text in match.group(5, 6) if text is not None), None)
    wanted = match[7] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if name != "metadata" and name not in _FIELDS[kind]:
        raise errors.invalid(
            f"Field `{name}` is an unsupported search field for resource `{kind}s`.",
            "query",
        )

    def test(obj: dict) -> bool:
        value = obj["metadata"].get(key) if name == "metadata" else obj[name]
        return _compare(value, operator, wanted) != bool(negated)

    return test


def _compare(value, operator: str, wanted: str) -> bool:
    if value is None:
        return wanted == "null"
    if operator in (":", "~"):
        have = str(value).lower()
        wanted = wanted.lower()
        return have == wanted if operator == ":" else wanted in have
    have, bound = float(value), float(wanted)
    return {
        ">": have > bound,
        "<": have < bound,
        ">=": have >= bound,
        "<=": have <= bound,
    }[operator]


def _serve(kind: str) -> None:
    path = f"/v1/{kind}s/search"

    @route(
        "GET",
        path,
        {"query": p.REQUIRED, "limit": p.NATURAL, "page": p.REQUIRED},
        ("query",),
    )
    def search(call):
        tests, anyone = _clauses(kind, call.params["query"])
        found = [
            obj
            for obj in reversed(call.world.store.all(kind))
            if not obj.get("deleted")
            and (any if anyone else all)(test(obj) for test in tests)
        ]
        return _page(call, found, path)


def _page(call, found: list[dict], path: str) -> dict:
    """Pages are named by the place at which they begin."""
    begin = int(call.params.get("page", "0"))
    limit = call.params.get("limit", 10)
    end = begin + limit
    return {
        "object": "search_result",
        "data": [call.world.show(obj) for obj in found[begin:end]],
        "has_more": end < len(found),
        "next_page": str(end) if end < len(found) else None,
        "url": path,
    }


for _kind in _FIELDS:
    _serve(_kind)
