# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product → product."""

from __future__ import annotations

from ....canonical import Product
from .. import metadata
from ..moment import parse_moment
from .common import head, text


def product(content: dict) -> Product:
    return Product(
        **head(content),
        metadata=metadata.foreign(content),
        updated=parse_moment(content.get("updated")),
        name=text(content, "name", "id"),
        code=metadata.read(content, metadata.CODE),
        description=text(content, "description"),
        active=bool(content.get("active")),
    )
