# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One request after decoding, as the resources see it."""

from dataclasses import dataclass, field

from stripe_sim.core.world import World


@dataclass
class Call:
    world: World
    params: dict
    ids: dict = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.ids["id"]
