# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an administrator sets up in Odoo before the first deal."""

import secrets

from .waiting import check_equal

# What each field of the CRM is told: {object: (its kind here, {field: value})}.
STATUS_FIELDS = {
    "Account": (
        "customer",
        {
            "Q2C_Account_Status__c": "account_status",
            "Q2C_Invoice_Status__c": "invoice_status",
            "Q2C_Payment_Status__c": "payment_status",
            "Q2C_Amount_Due__c": "amount_due",
            "Q2C_Amount_Paid__c": "amount_paid",
        },
    ),
    "Opportunity": (
        "opportunity",
        {
            "Q2C_Order_Number__c": "order_number",
            "Q2C_Order_Status__c": "order_status",
            "Q2C_Subscription_Status__c": "subscription_status",
            "Q2C_Invoice_Number__c": "invoice_number",
            "Q2C_Invoice_Status__c": "invoice_status",
            "Q2C_Payment_Status__c": "payment_status",
            "Q2C_Amount_Due__c": "amount_due",
            "Q2C_Amount_Paid__c": "amount_paid",
        },
    ),
}


def set_up_company(odoo, tax_percent, address=""):
    """Sell with a tax of ``tax_percent`` by default.

    :param address: where the providers reach Odoo; its own by default.
    :returns: id of the tax.
    """
    for key, value in (
        ("web.base.url", address or odoo.url),
        ("web.base.url.freeze", "True"),
    ):
        odoo.call("ir.config_parameter", "set_param", key, value)
    tax = odoo.create(
        "account.tax",
        name=f"{tax_percent} %",
        amount=float(tax_percent),
        type_tax_use="sale",
    )
    company = odoo.id_of("base.main_company")
    odoo.write(
        "res.company",
        [company],
        account_sale_tax_id=tax,
        # Other than Stripe does it, so that what is equal is not so by itself.
        tax_calculation_rounding_method="round_per_line",
    )
    return tax


def connect_salesforce(odoo, org):
    """Create a connection, test it, say which fields are told what, activate it.

    :returns: its id.
    """
    credentials = org.credentials
    by_key = bool(credentials.private_key)
    connection = odoo.create(
        "q2c.connection",
        name="Salesforce",
        provider="salesforce",
        salesforce_sign_in="jwt" if by_key else "client_credentials",
        salesforce_login_url=credentials.login_url,
        salesforce_client_id=credentials.client_id,
        salesforce_username=credentials.username,
        salesforce_private_key=credentials.private_key,
        salesforce_client_secret=credentials.client_secret,
        status_field_ids=[(0, 0, values) for values in _status_fields(org)],
    )
    _test(odoo, connection)
    if org.is_simulated:
        org.send_outbound_messages("Opportunity", webhook_url(odoo, connection))
    odoo.call("q2c.connection", "action_activate", [connection])
    return connection


def connect_stripe(odoo, account, **values):
    """Create a connection, test it, have it make its accounts and its webhook
    endpoint, activate it.

    :param values: further fields of the connection.
    :returns: its id.
    """
    connection = odoo.create(
        "q2c.connection",
        name="Stripe",
        provider="stripe",
        api_base=account.api_base,
        stripe_api_key=account.key,
        **values,
    )
    _test(odoo, connection)
    odoo.call("q2c.connection", "action_set_up_accounting", [connection])
    if account.is_simulated:
        odoo.call("q2c.connection", "action_create_endpoint", [connection])
    else:
        # Stripe cannot reach loopback, so nobody is told this secret: the address
        # refuses everything, and the events are swept.
        secret = f"whsec_{secrets.token_hex(16)}"
        odoo.write("q2c.connection", [connection], stripe_signing_secret=secret)
    odoo.call("q2c.connection", "action_activate", [connection])
    return connection


def webhook_url(odoo, connection):
    """The address that a provider sends to."""
    return odoo.read("q2c.connection", connection, "webhook_url")["webhook_url"]


def _test(odoo, connection):
    odoo.call("q2c.connection", "action_test", [connection])
    health = odoo.read("q2c.connection", connection, "name", "health", "health_message")
    check_equal(health["health"], "ok", f"{health['name']}: {health['health_message']}")


def _status_fields(org):
    """Values of the fields that the organisation has."""
    for sobject, (kind, values) in STATUS_FIELDS.items():
        for name, value in values.items():
            if name in org.fields(sobject):
                yield {"kind": kind, "field_name": name, "value": value}
