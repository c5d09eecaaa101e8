# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every canonical object has in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, ClassVar

from .reference import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The state of one provider object at one moment, in our terms.

    ``updated``: when the provider says this state came to be (aware, UTC), None where
    it does not say. ``odoo_ref``: the reference that this database left on the object
    when it created it ("<database uuid>:<model>:<id>"), empty for foreign objects.
    ``trace``: the id of the deal, where the object carries it. ``metadata``: pairs of
    name and value that people have put on it at the provider, in the order of the
    names; only on what mappings and routing go by. ``extras``: pairs of the provider's
    name of a field that people have mapped and its value as it came, in the order of
    the names; they are opaque here. ``unsaid``: the names of attributes that this
    document, on its way to the provider, says nothing about: they are not sent.
    """

    KIND: ClassVar[str] = ""

    id: str
    updated: datetime | None = field(default=None, compare=False)
    deleted: bool = False
    live: bool | None = None
    odoo_ref: str = ""
    trace: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    extras: tuple[tuple[str, Any], ...] = ()
    unsaid: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def ref(self) -> Ref:
        return Ref(self.KIND, self.id)

    def dependencies(self) -> tuple[Ref, ...]:
        """What must be bound before this can be applied, without repetition."""
        return ()

    def figures(self) -> dict[str, Any]:
        """What the books are compared with, JSON-able: amounts in minor units of
        ``currency``. Empty for what is no money."""
        return {}

    def fingerprint(self) -> str:
        """Hash of the content, equal for equal states whenever they were read."""
        digest = hashlib.sha256()
        for part in _flatten(self):
            digest.update(part.encode())
            digest.update(b"\x1f")
        return digest.hexdigest()


def unique(refs: Iterator[Ref] | list[Ref]) -> tuple[Ref, ...]:
    """The refs with an id, each once, in their order."""
    return tuple(dict.fromkeys(ref for ref in refs if ref.id))


def _flatten(value: Any) -> Iterator[str]:
    if is_dataclass(value):
        for item in fields(value):
            if item.compare:
                yield item.name
                yield from _flatten(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        yield "["
        for element in value:
            yield from _flatten(element)
        yield "]"
    elif isinstance(value, dict):
        for key in sorted(value):
            yield str(key)
            yield from _flatten(value[key])
    else:
        yield repr(value)
