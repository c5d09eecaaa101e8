# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parameters: what the official library can send is known, anything else refused."""

from urllib.parse import urlencode

import pytest
import stripe.params
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode
from stripe_sim.wire.forms import decode

pytest_plugins = ["tests.simulators.stripe_fixtures"]

# The library's own options, which travel in headers.
OPTIONS = set(
    "api_key stripe_version stripe_account stripe_context max_network_retries"
    " idempotency_key content_type headers".split()
)
CALLS = {
    "CustomerCreateParams": ("POST", "customers"),
    "CustomerListParams": ("GET", "customers"),
    "CustomerSearchParams": ("GET", "customers/search"),
    "ProductCreateParams": ("POST", "products"),
    "ProductListParams": ("GET", "products"),
    "PriceCreateParams": ("POST", "prices"),
    "PriceListParams": ("GET", "prices"),
    "CouponCreateParams": ("POST", "coupons"),
    "CouponListParams": ("GET", "coupons"),
    "TaxRateCreateParams": ("POST", "tax_rates"),
    "TaxRateListParams": ("GET", "tax_rates"),
    "SubscriptionCreateParams": ("POST", "subscriptions"),
    "SubscriptionListParams": ("GET", "subscriptions"),
    "SubscriptionItemCreateParams": ("POST", "subscription_items"),
    "InvoiceItemCreateParams": ("POST", "invoiceitems"),
    "InvoiceItemListParams": ("GET", "invoiceitems"),
    "InvoiceCreateParams": ("POST", "invoices"),
    "InvoiceListParams": ("GET", "invoices"),
    "InvoicePaymentListParams": ("GET", "invoice_payments"),
    "PaymentIntentCreateParams": ("POST", "payment_intents"),
    "PaymentIntentListParams": ("GET", "payment_intents"),
    "PaymentMethodCreateParams": ("POST", "payment_methods"),
    "PaymentMethodListParams": ("GET", "payment_methods"),
    "ChargeListParams": ("GET", "charges"),
    "BalanceTransactionListParams": ("GET", "balance_transactions"),
    "RefundCreateParams": ("POST", "refunds"),
    "EventListParams": ("GET", "events"),
    "WebhookEndpointCreateParams": ("POST", "webhook_endpoints"),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_parameter_of_the_library_is_known(stripe_sim, name):
    method, path = CALLS[name]
    names = set(getattr(stripe.params, name).__annotations__) - OPTIONS
    data = "&".join(f"{each}=" for each in sorted(names))
    url = f"/v1/{path}"
    if method == "GET":
        answer = stripe_sim.raw("GET", f"{url}?{data}")
    else:
        answer = stripe_sim.raw("POST", url, data)
    error = answer.json().get("error", {})
    assert error.get("code") != "parameter_unknown", error["message"]


@pytest.mark.parametrize("name", [n for n in CALLS if n.endswith("CreateParams")])
def test_a_parameter_unknown_to_stripe_is_refused(stripe_sim, name):
    answer = stripe_sim.raw("POST", f"/v1/{CALLS[name][1]}", "colour=red")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "parameter_unknown")
    assert error["param"] == "colour"
    assert error["message"] == "Received unknown parameter: colour"


def test_an_unknown_parameter_is_named_by_its_path(stripe_sim, stripe_client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.subscriptions.create(
            {"customer": "cus_1", "items": [{"price": "price_1", "colour": "red"}]}
        )
    assert refused.value.param == "items[0][colour]"


def test_what_is_not_simulated_is_refused_in_words(stripe_sim):
    answer = stripe_sim.raw("POST", "/v1/invoices", "transfer_data[destination]=x")
    assert answer.status_code == 501
    assert answer.json()["error"]["code"] == "not_simulated"


names = st.text("abcdefghij_", min_size=1, max_size=6)
leaves = st.text(max_size=8)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(names, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def as_levels(value):
    """What decoding gives for a list: a hash by position."""
    if isinstance(value, list):
        return {str(place): as_levels(entry) for place, entry in enumerate(value)}
    if isinstance(value, dict):
        return {name: as_levels(entry) for name, entry in value.items()}
    return value


# How fast a busy machine generates examples says nothing about decoding.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(names, trees, max_size=4))
def test_decoding_undoes_the_library_s_encoding(params):
    assert decode(urlencode(list(_api_encode(params)))) == as_levels(params)


def test_empty_brackets_append():
    assert decode("a[]=1&a[]=2&b[][x]=1&b[][y]=2&b[][x]=3") == {
        "a": {"0": "1", "1": "2"},
        "b": {"0": {"x": "1", "y": "2"}, "1": {"x": "3"}},
    }
