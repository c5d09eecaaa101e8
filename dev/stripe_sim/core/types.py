# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The register of resource types: what each is called and how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ResourceType:
    """One kind of object.

    prefix: of its ids. label: its name in error messages. embedded: fields that
    hold an id (or ids) and are shown as the object itself. children: list fields
    shown from a private list of ids: field -> (private field, address).
    includable: fields that appear only when expanded: field -> function of
    (world, object). parts: the same inside of a hash that is no object: path ->
    function of (world, shown) that adds it. live: function (world, shown) that fills
    computed fields. omits: fields that the store keeps of every object and this type
    does not show.
    """

    name: str
    prefix: str
    label: str = ""
    embedded: tuple = ()
    children: dict = field(default_factory=dict)
    includable: dict[str, Callable] = field(default_factory=dict)
    parts: dict[str, Callable] = field(default_factory=dict)
    live: Callable | None = None
    omits: tuple = ()


TYPES: dict[str, ResourceType] = {}


def register(name: str, prefix: str, **options) -> ResourceType:
    options.setdefault("label", name.replace("_", " "))
    TYPES[name] = ResourceType(name, prefix, **options)
    return TYPES[name]
