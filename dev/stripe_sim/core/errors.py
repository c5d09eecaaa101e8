# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe's error answers.

Shapes and wordings: docs.stripe.com/api/errors and the error code reference.
"""

_DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer `{"error": {...}}` with its HTTP status.

    `stored` tells whether an idempotency key keeps this answer: Stripe keeps
    the result of what began to run, not that of a request it refused.
    """

    def __init__(self, status, message, kind="invalid_request_error", **fields):
        super().__init__(message)
        self.status = status
        self.stored = fields.pop("stored", False)
        self.headers = fields.pop("headers", {})
        self.error = {"type": kind, "message": message}
        self.error.update({k: v for k, v in fields.items() if v is not None})
        if self.error.get("code"):
            code = self.error["code"].replace("_", "-")
            self.error.setdefault("doc_url", _DOCS + code)

    def body(self) -> dict:
        return {"error": self.error}


def invalid(message, param=None, code=None, status=400):
    return StripeError(status, message, param=param, code=code)


def missing_param(param):
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown_params(params):
    noun = "parameter" if len(params) == 1 else "parameters"
    names = ", ".join(params)
    return invalid(f"Received unknown {noun}: {names}", params[0], "parameter_unknown")


def no_such(label, identifier, param="id", status=404):
    message = f"No such {label}: '{identifier}'"
    return invalid(message, param, "resource_missing", status)


def card_error(message, code, decline_code=None, **fields):
    return StripeError(
        402, message, "card_error", code=code, decline_code=decline_code, **fields
    )


def not_simulated(param):
    """Stripe knows this parameter, the simulator does not act on it.

    Accepting it in silence would let a test pass on behaviour that is absent.
    """
    return StripeError(
        501,
        f"The simulator does not act on the parameter {param}.",
        "api_error",
        code="not_simulated",
        param=param,
    )
