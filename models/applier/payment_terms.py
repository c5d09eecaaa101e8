# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the payment terms of documents are here."""

from .mappings import Mappings


class PaymentTerms:
    """Of ``documents``, which have ``payment_terms``; words that nobody has seen before
    are put on the list."""

    KIND = "payment_term"

    def __init__(self, connection, documents):
        words = {document.payment_terms for document in documents} - {""}
        self._terms = {}
        if words:
            mappings = Mappings(connection)
            self._terms = {
                word: mappings.seen(self.KIND, word, word) for word in sorted(words)
            }
            mappings.keep()

    def get(self, document):
        """An account.payment.term; None or an empty one where there is none to set."""
        return self._terms.get(document.payment_terms)
