# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Quote to Cash: Salesforce, Stripe",
    "summary": "One deal, one chain of records: Salesforce opportunities become orders"
    " and Stripe subscriptions, Stripe invoices become posted, reconciled entries",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "Quote to Cash maintainers",
    "website": "https://github.com/quote-to-cash/quote_to_cash",
    "depends": ["account", "crm", "sale_management"],
    "external_dependencies": {
        "python": [
            "requests",
            "stripe>=16,<17",
            "simple-salesforce>=1.12,<2",
            "cryptography",
        ],
    },
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/res_users.xml",
        "data/ir_cron.xml",
        "data/ir_sequence.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
