# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one failure that Salesforce's REST API answers with."""

from __future__ import annotations


class ApiError(Exception):
    """An error answer: HTTP status, Salesforce error code, message, field names.

    ``extra`` holds further members of the error object (``duplicateResult``).
    """

    def __init__(self, code, message, fields=None, status=400, extra=None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status
        self.extra = extra or {}

    def as_answer(self) -> list[dict]:
        """The body of a failed request on one resource."""
        body = {**self.extra, "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return [body]

    def as_result(self) -> dict:
        """The error as it stands within one record's result of a collection."""
        return {
            **self.extra,
            "statusCode": self.code,
            "message": self.message,
            "fields": list(self.fields or ()),
        }


def not_found(message="The requested resource does not exist") -> ApiError:
    return ApiError("NOT_FOUND", message, status=404)


def entity_is_deleted(status=404) -> ApiError:
    return ApiError("ENTITY_IS_DELETED", "entity is deleted", (), status=status)


def invalid_cross_reference() -> ApiError:
    return ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())


def invalid_session() -> ApiError:
    return ApiError("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def request_limit_exceeded() -> ApiError:
    return ApiError(
        "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403
    )
