# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Address, Customer


class CustomerExporter(models.AbstractModel):
    _name = "q2c.exporter.customer"
    _inherit = "q2c.exporter"
    _description = "Partner to Customer"

    _kind = "customer"

    def _document(self, connection, record):
        return Customer(
            **self._common(connection, record),
            name=record.name or record.display_name,
            is_company=record.is_company,
            email=record.email or self._contact_email(record),
            phone=record.phone or "",
            vat=record.vat or "",
            number=record.ref or "",
            language=(record.lang or "").replace("_", "-"),
            billing=self._address(record),
            shipping=self._shipping(record),
        )

    def _contact_email(self, partner):
        """A company of the CRM has no address of its own, and Stripe sends no invoice
        to a customer without one (https://docs.stripe.com/billing/collection-method).
        """
        contacts = partner.child_ids.filtered("email")
        billing = contacts.filtered(lambda contact: contact.type == "invoice")
        return (billing or contacts)[:1].email or ""

    def _shipping(self, partner):
        """The delivery address, where the partner has one of its own."""
        delivery = partner.child_ids.filtered(lambda child: child.type == "delivery")[
            :1
        ]
        return self._address(delivery) if delivery else Address()

    def _address(self, partner):
        return Address(
            street=partner.street or "",
            street2=partner.street2 or "",
            city=partner.city or "",
            state=partner.state_id.code or "",
            postal_code=partner.zip or "",
            country=partner.country_id.code or "",
        )
