# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The provider's side of the clearing proof: what it holds for us, and what of that
never reached us."""

from datetime import datetime, timezone

from ...canonical import Failure, Money, explain
from ..sync.tie_out import minor_units

# As far back as a gap is followed: a hundred calls of Stripe's.
MAX_LISTED = 10_000


class ProviderSide:
    """Asked once, before anything is written.

    ``reported``: {currency code: Money}, None where it was not asked or did not answer,
    and ``note`` says why. ``missing``: canonical balance transactions that are not
    mirrored. ``openings``: {currency code: Money} that it held before the first
    movement that is known of.
    """

    def __init__(self, connection, note=""):
        self.connection = connection
        self.provider = connection._provider()
        self.reported, self.note = None, note
        self.missing, self.openings = [], {}

    def ask(self, mirrored, begun):
        """:param mirrored: {currency code: float} that the balance should be
        :param begun: codes of the currencies of which it is known what the balance was
            to begin with
        """
        try:
            balances = self.provider._balance(self.connection)
            self.reported = {code: held.total for code, held in balances.items()}
            self._follow(self._gaps(mirrored), begun)
        except Failure as failure:
            self.note = explain(failure)

    def _gaps(self, mirrored):
        gaps = {}
        for code in {*mirrored, *self.reported}:
            known = Money(minor_units(mirrored.get(code, 0.0), code), code)
            gap = self.reported.get(code, Money(0, code)) - known
            if gap:
                gaps[code] = gap
        return gaps

    def _follow(self, gaps, begun):
        """List movements, the newest first, until those that are missing here close all
        ``gaps``; or all since the beginning, to know what there was then."""
        if not gaps:
            return
        begin = self.connection.sync_from.replace(tzinfo=timezone.utc)
        listed = self.provider._balance_transactions(
            self.connection, begin, datetime.now(timezone.utc)
        )
        sums, number = {}, 0
        for chunk in _chunks(listed, 100):
            self._take(chunk, gaps, sums)
            number += len(chunk)
            if not any(gaps.values()) or number >= MAX_LISTED:
                return
        for code in {code for code, gap in gaps.items() if gap} - begun:
            began = self.reported.get(code, Money(0, code))
            self.openings[code] = began - sums.get(code, Money(0, code))

    def _take(self, contents, gaps, sums):
        documents = [
            self.provider._translate(
                self.connection, "balance_transaction", content, ""
            )
            for content in contents
        ]
        known = set(
            self.connection.env["q2c.balance.transaction"]
            .search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("name", "in", [document.id for document in documents]),
                ]
            )
            .mapped("name")
        )
        for document in documents:
            code = document.net.currency
            sums[code] = sums.get(code, Money(0, code)) + document.net
            if document.id not in known:
                self.missing.append(document)
                gaps[code] = gaps.get(code, Money(0, code)) - document.net


def _chunks(rows, size):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
