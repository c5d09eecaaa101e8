# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What there is to see, and how to get there."""

from dataclasses import dataclass

LIST = ".o_list_view .o_data_row"
KANBAN = ".o_kanban_record:not(.o_kanban_ghost)"


@dataclass(frozen=True)
class Scene:
    """One picture. ``clicks``: what to click, in order, once ``ready`` is there; a pair
    is what to fill in, and with which text. ``companies``: with all of them chosen.
    ``on_app_page``: static/description/index.html shows it, too."""

    name: str
    address: str
    ready: str
    clicks: tuple = ()
    phone: bool = False
    companies: bool = False
    in_readme: bool = False
    on_app_page: bool = False


def _row(text):
    return f".o_data_row:has-text('{text}') .o_data_cell:not(.o_handle_cell)"


def _tab(name):
    return f".o_notebook_headers .nav-link[name='{name}']"


# An invoice as it may be pasted, of objects that the demo data have linked.
PASTED = """{
  "id": "in_pasted", "object": "invoice", "number": "HALDEN-0042", "status": "open",
  "currency": "usd", "customer": "cus_demoHalden", "created": 1793491200,
  "effective_at": 1793491200, "due_date": 1796083200, "livemode": false,
  "status_transitions": {"finalized_at": 1793491200}, "starting_balance": 0,
  "subtotal": 150000, "total": 150000, "amount_due": 150000, "amount_paid": 0,
  "amount_remaining": 150000, "total_taxes": [], "discounts": [], "metadata": {},
  "lines": {"object": "list", "has_more": false, "data": [{
    "id": "il_pasted", "object": "line_item", "amount": 150000, "currency": "usd",
    "description": "Platform, November", "quantity": 1, "discount_amounts": [],
    "period": {"start": 1793491200, "end": 1796083200}, "taxes": [],
    "pricing": {"type": "price_details", "unit_amount_decimal": "150000",
                "price_details": {"price": "price_demoPlatform",
                                  "product": "prod_demoPlatform"}}}]}
}"""


SCENES = (
    Scene(
        "overview",
        "/odoo/quote-to-cash",
        ".o_q2c_overview canvas",
        in_readme=True,
        on_app_page=True,
    ),
    Scene(
        "connection",
        "/odoo/q2c-connections",
        LIST,
        (_row("acct_demo"), _tab("credentials")),
        in_readme=True,
    ),
    Scene(
        "connection_salesforce",
        "/odoo/q2c-connections",
        LIST,
        (_row("00DQC"), _tab("credentials")),
    ),
    Scene(
        "set_up_check",
        "/odoo/q2c-connections",
        LIST,
        (_row("00DQC"), "button[name='action_check_set_up']", ".modal .modal-title"),
        in_readme=True,
    ),
    Scene("sign_in_refused", "/q2c/salesforce/return?state=gone", "[role=alert].alert"),
    Scene("to_do", "/odoo/q2c-to-do", LIST, in_readme=True),
    Scene("exception", "/odoo/q2c-to-do", LIST, (_row("tie out"),)),
    Scene("to_do_board", "/odoo/q2c-to-do?view_type=kanban", KANBAN),
    Scene("matches", "/odoo/q2c-duplicates", LIST),
    Scene(
        "match",
        "/odoo/q2c-duplicates",
        LIST,
        (_row("PETREL"),),
    ),
    Scene(
        "match_contact",
        "/odoo/contacts?view_type=list",
        LIST,
        (_row("PETREL"), "[name='q2c_likely'] span"),
    ),
    Scene(
        "match_policy",
        "/odoo/q2c-connections",
        LIST,
        (_row("acct_demo"), _tab("matching")),
    ),
    Scene("events", "/odoo/q2c-events", LIST, in_readme=True),
    Scene(
        "event_hold",
        "/odoo/q2c-events",
        LIST,
        (_row("in_demoBrightwater1"),),
        in_readme=True,
        on_app_page=True,
    ),
    Scene(
        "subscription",
        "/odoo/q2c-subscriptions",
        LIST,
        (_row("Halden"),),
        in_readme=True,
    ),
    Scene(
        "invoice",
        "/odoo/customer-invoices",
        LIST,
        (_row("STRI/"),),
        in_readme=True,
    ),
    Scene(
        "invoice_proof",
        "/odoo/customer-invoices",
        LIST,
        (_row("STRI/"), _tab("q2c_proof")),
        in_readme=True,
    ),
    Scene(
        "payment",
        "/odoo/customer-payments",
        LIST,
        (_row("Halden"), _tab("q2c_proof")),
    ),
    Scene("proof_sheets", "/odoo/q2c-proof", ".o_view_nocontent", (".o_facet_remove",)),
    Scene("mappings", "/odoo/q2c-mappings", LIST, in_readme=True),
    Scene("mapping", "/odoo/q2c-mappings", LIST, (_row("EUR"),)),
    Scene("catalogue_check", "/odoo/q2c-catalogue-check", LIST),
    Scene("mapping_field", "/odoo/q2c-mappings", LIST, (_row("PO Number"),)),
    Scene("contracts", "/odoo/q2c-contracts", LIST),
    Scene("contract", "/odoo/q2c-contracts", LIST, (_row("Halden"),)),
    Scene(
        "connection_fields",
        "/odoo/q2c-connections",
        LIST,
        (_row("00DQC"), _tab("orders")),
    ),
    Scene(
        "contact_roles",
        "/odoo/action-crm.crm_lead_opportunities",
        KANBAN,
        (".o_kanban_record:has-text('Halden')", _tab("q2c_contact_roles")),
    ),
    Scene("routing", "/odoo/q2c-routing", LIST),
    Scene("routing_rule", "/odoo/q2c-routing", LIST, (_row("Germany"),)),
    Scene(
        "policy_routing",
        "/odoo/q2c-policies",
        LIST,
        (_row("Invoices go"), _tab("routing")),
    ),
    Scene(
        "companies",
        "/odoo/q2c-connections",
        LIST,
        (_row("acct_demo"), _tab("entities")),
        companies=True,
    ),
    Scene(
        "selling_companies",
        "/odoo/q2c-connections",
        LIST,
        (_row("00DQC000000Demo2AC"), _tab("entities")),
        companies=True,
    ),
    Scene("intercompany", "/odoo/q2c-intercompany", LIST, companies=True),
    Scene(
        "mirror",
        "/odoo/action-account.action_move_journal_line",
        LIST,
        (".o_facet_remove", _row("SPREE-0001 - pi"), _tab("q2c_intercompany")),
        companies=True,
    ),
    Scene("conflicts", "/odoo/q2c-conflicts", LIST),
    Scene("conflict", "/odoo/q2c-conflicts", LIST, (_row("payables"),)),
    Scene("policies", "/odoo/q2c-policies", LIST),
    Scene("policy", "/odoo/q2c-policies", LIST, (_row("Invoices go"),)),
    Scene(
        "policy_preview",
        "/odoo/q2c-policies",
        LIST,
        (_row("Invoices go"), _tab("preview")),
    ),
    Scene(
        "policy_matrix",
        "/odoo/q2c-policies",
        LIST,
        (_row("Sales keeps"), _tab("matrix")),
    ),
    Scene("ownership", "/odoo/q2c-ownership", ".o_list_view .o_group_header"),
    Scene(
        "test_bench",
        "/odoo/q2c-test-bench",
        ".o_form_view",
        (
            "input[type=radio][data-value='text']",
            ("div[name=payload] textarea", PASTED),
            "button[name='action_preview']",
        ),
    ),
    Scene("settings", "/odoo/q2c-settings", ".settings", in_readme=True),
    Scene(
        "salesforce", "/odoo/q2c-connections", LIST, (_row("00DQC"), _tab("streams"))
    ),
    Scene(
        "change_events",
        "/odoo/q2c-connections",
        LIST,
        (_row("00DQC"), _tab("listening")),
    ),
    Scene("disputes", "/odoo/q2c-disputes", LIST),
    Scene("dispute", "/odoo/q2c-disputes", LIST, (_row("dp_demoHalden1"),)),
    Scene(
        "accounting",
        "/odoo/q2c-connections",
        LIST,
        (_row("acct_demo"), _tab("accounting")),
    ),
    Scene("commands", "/odoo/q2c-commands", LIST),
    Scene("links", "/odoo/q2c-links", LIST),
    Scene("subscriptions", "/odoo/q2c-subscriptions", LIST),
    Scene("prices", "/odoo/q2c-prices", LIST),
    Scene("coupons", "/odoo/q2c-coupons", LIST),
    Scene(
        "discounts",
        "/odoo/q2c-subscriptions",
        LIST,
        (_row("Petrel"), _tab("discounts")),
    ),
    Scene("payouts", "/odoo/q2c-payouts", LIST),
    Scene(
        "payout",
        "/odoo/q2c-payouts",
        LIST,
        (_row("po_demoPaid1"),),
        in_readme=True,
    ),
    Scene("payout_failed", "/odoo/q2c-payouts", LIST, (_row("po_demoFailed2"),)),
    Scene("payout_manual", "/odoo/q2c-payouts", LIST, (_row("po_demoInstant3"),)),
    Scene("transactions", "/odoo/q2c-balance-transactions", LIST),
    Scene("transaction", "/odoo/q2c-balance-transactions", LIST, (_row("Charge1"),)),
    Scene("proofs", "/odoo/q2c-clearing-proofs", LIST),
    Scene(
        "proof",
        "/odoo/q2c-clearing-proofs",
        LIST,
        (_row("Explained"),),
        in_readme=True,
    ),
    Scene("prove", "/odoo/q2c-clearing-proofs", LIST, ("button[name='action_prove']",)),
    Scene("order", "/odoo/orders", LIST, (_row("Halden"),)),
    Scene("runs", "/odoo/q2c-reconciliation-runs", LIST),
    Scene(
        "run",
        "/odoo/q2c-reconciliation-runs",
        LIST,
        (_row("Differences"),),
        in_readme=True,
    ),
    Scene(
        "run_differences",
        "/odoo/q2c-reconciliation-runs",
        LIST,
        (_row("Differences"), _tab("differences")),
    ),
    Scene("differences", "/odoo/q2c-differences", LIST),
    Scene("history_imports", "/odoo/q2c-history-imports", LIST),
    Scene("history_import", "/odoo/q2c-history-imports", LIST, (_row("IMP"),)),
    Scene(
        "history_booked",
        "/odoo/q2c-history-imports",
        LIST,
        (_row("IMP"), _tab("totals")),
    ),
    Scene(
        "history_held",
        "/odoo/q2c-history-imports",
        LIST,
        (_row("IMP"), _tab("holds")),
    ),
    Scene("history_totals", "/odoo/q2c-history-totals", ".o_group_header"),
    Scene(
        "history_pivot", "/odoo/q2c-history-totals?view_type=pivot", ".o_pivot table"
    ),
    Scene("history_graph", "/odoo/q2c-history-totals?view_type=graph", "canvas"),
    Scene("phone_overview", "/odoo/quote-to-cash", KANBAN, phone=True),
    Scene("phone_matches", "/odoo/q2c-duplicates", KANBAN, phone=True),
    Scene("phone_events", "/odoo/q2c-events", KANBAN, phone=True),
)
