# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many records in one call: each for itself, or all or none."""

from __future__ import annotations

from ..errors import ApiError

ROLLED_BACK = ApiError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using"
    " AllOrNone header",
)
#: failures of the whole request, not of one record
WHOLE_REQUEST = ("JSON_PARSER_ERROR",)


class _Undo(Exception):
    """Leaves the transaction of an all-or-none call."""


def outcomes(org, items, work, all_or_none: bool) -> list[dict]:
    """Results in the order of the items. ``work(item)`` gives (id, more members)."""
    results = []
    try:
        with org.store.transaction():
            results = [_outcome(org, item, work) for item in items]
            if all_or_none and not all(result["success"] for result in results):
                raise _Undo
    except _Undo:
        results = [_undone(result) for result in results]
    return results


def _outcome(org, item, work) -> dict:
    try:
        with org.store.transaction():
            record_id, more = work(item)
    except ApiError as error:
        if error.code in WHOLE_REQUEST:
            raise
        return failure(_of_record(error))
    return {"id": record_id, "success": True, "errors": [], **more}


def _of_record(error: ApiError) -> ApiError:
    """What is a missing resource alone is a bad reference among others."""
    if error.code == "NOT_FOUND":
        return ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return error


def failure(error: ApiError) -> dict:
    return {"success": False, "errors": [error.as_result()]}


def _undone(result: dict) -> dict:
    return failure(ROLLED_BACK) if result["success"] else result
