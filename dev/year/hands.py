# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What customers, banks and the merchant do at Stripe: a method a verb of the plan."""

from .prepaid import Prepaid


class Hands(Prepaid):
    """Carries out the acts of a ``Plan`` on a ``SimulatedAccount``."""

    def __init__(self, account, plan):
        super().__init__(account)
        self._contracts = {contract.number: contract for contract in plan.contracts}

    def perform(self, act):
        """Carry an ``Act`` out."""
        contract = self._contracts.get(act.contract)
        getattr(self, act.verb)(contract, act.day, **act.details)

    def move(self, _contract, _day, kind, amount):
        """Something that is nobody's payment moves the balance."""
        self.account.control("balance_transactions", {"type": kind, "amount": amount})

    # ------------------------------------------------------------------
    # DISPUTING
    # ------------------------------------------------------------------

    def dispute(self, contract, _day, inquiry=False):
        """The customer contests the latest payment at the bank, or has the bank ask."""
        charge = self._latest_charge(contract)
        made = self.account.control(
            f"charges/{charge.id}/dispute", {"inquiry": inquiry}
        )
        self._disputes[contract.number] = made["id"]

    def win(self, contract, _day):
        """The bank finds for the merchant."""
        self._end_dispute(contract, "win")

    def lose(self, contract, _day):
        """The bank finds for the customer."""
        self._end_dispute(contract, "lose")

    def close_inquiry(self, contract, _day):
        """Nothing comes of it."""
        self._end_dispute(contract, "close_inquiry")

    def escalate(self, contract, _day):
        """The inquiry becomes a dispute, which stays open."""
        self._end_dispute(contract, "escalate")

    def _end_dispute(self, contract, how):
        self.account.control(f"disputes/{self._disputes[contract.number]}/{how}", {})
