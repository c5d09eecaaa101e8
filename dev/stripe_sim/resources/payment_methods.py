# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payment methods: cards and SEPA debits."""

from stripe_sim.billing.cards import CARDS, NUMBERS
from stripe_sim.billing.payment_methods import attach_card, make_debit, new_card
from stripe_sim.core import errors
from stripe_sim.core.fields import apply
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import by, list_page, unsupported
from stripe_sim.wire.routes import route, serve_list, serve_retrieve

register("payment_method", "pm", label="PaymentMethod")

_BILLING = p.Hash(
    {
        "address": p.ADDRESS,
        "email": p.TEXT,
        "name": p.TEXT,
        "phone": p.TEXT,
        "tax_id": p.TEXT,
    }
)
_CARD = p.Hash(
    {
        "number": p.REQUIRED,
        "exp_month": p.NATURAL,
        "exp_year": p.NATURAL,
        "cvc": p.TEXT,
        "token": p.TEXT,
        "networks": p.ANYTHING,
    }
)
# Kinds of payment method that Stripe takes and that are not simulated.
_OTHER_KINDS = (
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit"
    " bacs_debit bancontact billie bizum blik boleto cashapp crypto custom"
    " customer_balance eps fpx giropay grabpay ideal interac_present kakao_pay klarna"
    " konbini kr_card link mb_way mobilepay multibanco naver_pay nz_bank_account oxxo"
    " p24 pay_by_bank payco paynow paypal paypay payto pix promptpay radar_options"
    " revolut_pay samsung_pay satispay scalapay sequra sofort sunbit swish"
    " twint upi us_bank_account wechat_pay zip"
).split()


@route(
    "POST",
    "/v1/payment_methods",
    {
        "type": p.Only(p.REQUIRED, "card", "sepa_debit"),
        "card": _CARD,
        "sepa_debit": p.Hash({"iban": p.REQUIRED}),
        "billing_details": _BILLING,
        "metadata": p.METADATA,
        "allow_redisplay": p.TEXT,
        **p.unsupported("customer", "payment_method", *_OTHER_KINDS),
    },
)
def create(call):
    if call.params.get("type") == "sepa_debit":
        given = call.params.get("sepa_debit") or {}
        return make_debit(call.world, given.get("iban"), call.params)
    given = call.params.get("card") or {}
    token = given.get("token", "").removeprefix("tok_")
    name = NUMBERS.get(given.get("number", "").replace(" ", ""), token)
    if name not in CARDS:
        raise errors.card_error(
            "Your card number is incorrect.", "incorrect_number", param="number"
        )
    return new_card(call.world, name, call.params)


@route("POST", "/v1/payment_methods/<id>/attach", {"customer": p.REQUIRED})
def attach(call):
    if "customer" not in call.params:
        raise errors.missing_param("customer")
    customer = call.world.get("customer", call.params["customer"], "customer", 404)
    return attach_card(call.world, call.id, customer)


@route("POST", "/v1/payment_methods/<id>/detach")
def detach(call):
    method = call.world.get("payment_method", call.id)
    customer = call.world.store.find("customer", method["customer"])
    previous = {"customer": method["customer"]}
    method["customer"] = None
    call.world.emit("payment_method.detached", method, previous)
    settings = customer and customer["invoice_settings"]
    if settings and settings["default_payment_method"] == method["id"]:
        with call.world.changing(customer, "customer.updated"):
            settings["default_payment_method"] = None
    return method


@route(
    "POST",
    "/v1/payment_methods/<id>",
    {
        "billing_details": _BILLING,
        "card": p.Hash({"exp_month": p.NATURAL, "exp_year": p.NATURAL}),
        "metadata": p.METADATA,
        "allow_redisplay": p.TEXT,
        **p.unsupported("us_bank_account"),
    },
)
def update(call):
    method = call.world.get("payment_method", call.id)
    with call.world.changing(method, "payment_method.updated"):
        apply(method, call.params, "allow_redisplay")
        if call.params.get("card"):
            method["card"].update(call.params["card"])
        method["billing_details"].update(call.params.get("billing_details") or {})
    return method


_FILTERS = {
    "customer": by("customer"),
    "type": by("type"),
    "allow_redisplay": by("allow_redisplay"),
    **unsupported("customer_account"),
}
serve_list("payment_method", "/v1/payment_methods", _FILTERS)
serve_retrieve("payment_method", "/v1/payment_methods")


@route(
    "GET",
    "/v1/customers/<id>/payment_methods",
    {
        "type": p.TEXT,
        "limit": p.NATURAL,
        "starting_after": p.REQUIRED,
        "ending_before": p.REQUIRED,
    },
)
def customer_methods(call):
    call.world.get("customer", call.id)
    rows = [
        method
        for method in call.world.store.all("payment_method")
        if method["customer"] == call.id
    ]
    url = f"/v1/customers/{call.id}/payment_methods"
    return list_page(call, rows, {"type": by("type")}, url)
