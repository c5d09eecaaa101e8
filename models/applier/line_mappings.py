# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the lines of documents are mapped to: by price, product, and their metadata."""

from ...canonical import Ref
from ..finance.mapping import EQUALS
from .mappings import Mappings


class LineMappings(Mappings):
    """Of a batch whose bindings have the prices and products of the lines."""

    def __init__(self, batch):
        super().__init__(batch.connection, batch.books)
        self.bindings = batch.bindings
        self._line_keys = {}

    def account(self, line):
        """Where its income goes if not to the product's account. Empty for most."""
        return self._of_line("income", line)

    def journal(self, document):
        """The journal that all lines agree on which are mapped to one, else that of
        the currency, else the connection's."""
        by_currency = self._journal_of_currency(document.currency)
        named = {self._of_line("journal", line) for line in document.lines}
        named = [journal for journal in named if journal]
        if len(named) == 1:
            return named[0]
        return by_currency or self.books.invoice_journal_id

    def _journal_of_currency(self, code):
        """Foreign currencies are put on the list: many have a journal of their own."""
        if code == self.books.company_id.currency_id.name:
            return self.target("journal", code)
        return self.seen("journal", code, f"Invoices in {code}", currency=code)

    def _of_line(self, kind, line):
        """What the key that is nearest to the line is mapped to."""
        targets = (self.target(kind, key) for key in self._keys(line))
        return next(filter(None, targets), self.target(kind, ""))

    def _keys(self, line):
        """Its price, its product, and their metadata, in this order."""
        ids = line.price_id, line.product_id
        if ids not in self._line_keys:
            self._line_keys[ids] = [
                *filter(None, ids),
                *self._metadata(Ref("price", line.price_id)),
                *self._metadata(Ref("product", line.product_id)),
            ]
        return self._line_keys[ids]

    def _metadata(self, ref):
        binding = self.bindings.get(ref)
        # sudo: links are the engine's own
        metadata = binding and binding.sudo().metadata or {}
        return [f"{name}{EQUALS}{value}" for name, value in metadata.items()]
