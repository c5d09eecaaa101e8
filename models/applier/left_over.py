# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 25: what is more than was owed stays on account, and is somebody's task."""

from . import payment_lines


def report(batch, payments):
    """Say what is left of payments that name invoices.

    :param payments: {item: (account.payment, its invoices)}
    """
    cases = []
    for item, (payment, invoices) in payments.items():
        left = payment_lines.residual(payment)
        if left and item.document.allocations:
            cases.append(_case(item, payment, invoices, left))
    notes = {
        case["payment"].id: " ".join((case["message"], case["remedy"]))
        for case in cases
    }
    batch.env["account.payment"].browse(notes)._message_log_batch(notes)
    batch.env["q2c.exception"]._report_unsettled(batch.connection, cases)


def _case(item, payment, invoices, left):
    env = payment.env
    return {
        "payment": payment,
        "record": payment,
        "ref": item.ref,
        "code": "overpaid",
        "category": "payment",
        "trace": payment.q2c_trace,
        "message": env._(
            "%(amount)s of the payment %(payment)s settles nothing and stays on the "
            "account of %(customer)s: %(invoices)s needed less.",
            amount=payment.currency_id.format(left),
            payment=payment.payment_reference,
            customer=payment.partner_id.display_name,
            invoices=", ".join(invoice.name or invoice.ref for invoice in invoices),
        ),
        "remedy": env._("Refund it, or match it with another invoice."),
    }
