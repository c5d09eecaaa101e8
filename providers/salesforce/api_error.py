# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of the REST API as failures of ours.

Codes and their meaning: "Status Codes and Error Responses"
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm)
and "StatusCode" of the SOAP API, which sObject Collections share
(https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ...canonical import Failure, Hold, Retry

INVALID_SESSION = "INVALID_SESSION_ID"

# Salesforce's code → our code.
_RETRIES = {
    "UNABLE_TO_LOCK_ROW": "record_locked",
    "REQUEST_LIMIT_EXCEEDED": "api_limit",
    "SERVER_UNAVAILABLE": "unavailable",
    "REQUEST_RUNNING_TOO_LONG": "unavailable",
    "QUERY_TIMEOUT": "unavailable",
    "UNKNOWN_EXCEPTION": "unavailable",
    # The rest of a result is kept for two days at most; the next poll asks anew.
    "INVALID_QUERY_LOCATOR": "query_expired",
    "CONCURRENT_API_REQUESTS_LIMIT_EXCEEDED": "rate_limited",
}
# The daily allocation is a rolling 24 hours: asking again within minutes is in vain.
_AFTER = {"REQUEST_LIMIT_EXCEEDED": timedelta(minutes=30)}

_CHECK_NAME = (
    "Correct the field's API name in the connection's settings, or make the field"
    " visible and editable for the integration user (field-level security)."
)
_GRANT = (
    "Give the integration user the missing permission in Salesforce (permission set,"
    " field-level security or sharing), then retry."
)
_GONE = "Nothing can be written to it any more. Skip the command."
_READ = "Salesforce names the reason: correct it there or here, then retry."
_RULE = "Change the record or the rule in Salesforce, then retry."
# Salesforce's code → (our code, remedy).
_HOLDS = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (
        "validation_rule",
        "A validation rule refuses the value: change the record or the rule in"
        " Salesforce, then retry.",
    ),
    "DUPLICATES_DETECTED": (
        "duplicate_rule",
        "A duplicate rule refuses the record: merge the duplicates in Salesforce, or"
        " exempt the integration user from the rule, then retry.",
    ),
    "DUPLICATE_VALUE": (
        "duplicate_value",
        "Another record has the same unique value: merge the two in Salesforce, then"
        " retry.",
    ),
    "DUPLICATE_DEVELOPER_NAME": (
        "name_taken",
        "There is one of this name in Salesforce already.",
    ),
    "INVALID_FIELD": ("invalid_field", _CHECK_NAME),
    "INVALID_FIELD_FOR_INSERT_UPDATE": ("invalid_field", _CHECK_NAME),
    "INVALID_TYPE": (
        "invalid_object",
        "Enable the object in Salesforce and make it visible for the integration user,"
        " or switch off what uses it here.",
    ),
    "INSUFFICIENT_ACCESS_OR_READONLY": ("insufficient_access", _GRANT),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": ("insufficient_access", _GRANT),
    "INSUFFICIENT_ACCESS": ("insufficient_access", _GRANT),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (
        "automation_failed",
        "A trigger or flow in Salesforce failed: its author must correct it, then"
        " retry.",
    ),
    "CANNOT_EXECUTE_FLOW_TRIGGER": (
        "automation_failed",
        "A flow in Salesforce failed: its author must correct it, then retry.",
    ),
    "REQUIRED_FIELD_MISSING": (
        "required_field_missing",
        "Fill the fields in Salesforce, or tell this connection to send them, then"
        " retry.",
    ),
    "STRING_TOO_LONG": (
        "value_too_long",
        "Enlarge the field in Salesforce, or send a shorter value.",
    ),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (
        "value_not_in_picklist",
        "Add the value to the picklist in Salesforce, or make the picklist"
        " unrestricted, then retry.",
    ),
    "FIELD_INTEGRITY_EXCEPTION": ("refused", _RULE),
    "ENTITY_IS_LOCKED": (
        "approval_lock",
        "The record is locked by an approval process: finish the approval, then retry.",
    ),
    "ENTITY_IS_DELETED": ("missing", _GONE),
    "NOT_FOUND": ("missing", _GONE),
    "INVALID_CROSS_REFERENCE_KEY": ("missing", _GONE),
    "API_DISABLED_FOR_ORG": (
        "api_disabled",
        "The org's edition has no API access: ask Salesforce to enable it.",
    ),
    "API_CURRENTLY_DISABLED": (
        "api_disabled",
        "Give the integration user the permission 'API Enabled'.",
    ),
    "UNSUPPORTED_API_VERSION": (
        "api_version",
        "The org does not speak this API version: update this addon, or wait until"
        " the org has the release.",
    ),
    INVALID_SESSION: (
        "session_refused",
        "Sign-in works, but the API refuses the session: check the app's scope api and"
        " the integration user's permission 'API Enabled'.",
    ),
}
_BY_STATUS = {
    401: INVALID_SESSION,
    403: "INSUFFICIENT_ACCESS",
    404: "NOT_FOUND",
    410: "UNSUPPORTED_API_VERSION",
}


def failure_of(
    code: str, message: str, fields: Sequence[str] = (), subject: str = ""
) -> Failure:
    """The failure for one error of Salesforce.

    :param code: ``errorCode`` or ``statusCode``
    :param fields: API names of the fields that it concerns
    :param subject: which record or call, for a person
    """
    named = f" Fields: {', '.join(fields)}." if fields else ""
    place = f"{subject}: " if subject else ""
    said = f"{place}{message.strip() or code} ({code}).{named}"
    if code in _RETRIES:
        return Retry(_RETRIES[code], said, after=_AFTER.get(code))
    ours, remedy = _HOLDS.get(code, ("refused", _READ))
    return Hold(ours, said, remedy)


def failure_of_result(errors: Sequence[dict], subject: str) -> Failure:
    """The failure for the ``errors`` of one record in sObject Collections: the first,
    for it is the one that stopped the record; a passing one only if all are."""
    failures = [
        failure_of(
            str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN"),
            str(error.get("message") or ""),
            error.get("fields") or (),
            subject,
        )
        for error in errors or [{}]
    ]
    holds = [failure for failure in failures if isinstance(failure, Hold)]
    return (holds or failures)[0]


def failure_of_answer(status: int, content: object, subject: str) -> Failure:
    """The failure for a call that was refused as a whole.

    :param content: the parsed body, usually ``[{"errorCode", "message", "fields"}]``
    """
    first = content[0] if isinstance(content, list) and content else content
    error = first if isinstance(first, dict) else {}
    code = error.get("errorCode") or _BY_STATUS.get(status, f"HTTP_{status}")
    return failure_of(
        str(code), str(error.get("message") or ""), error.get("fields") or (), subject
    )


def is_expired_session(status: int, content: object) -> bool:
    """Whether a new sign-in may help."""
    codes = (
        [error.get("errorCode") for error in content if isinstance(error, dict)]
        if isinstance(content, list)
        else []
    )
    return status == 401 and (not codes or INVALID_SESSION in codes)
