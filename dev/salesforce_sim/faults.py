# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults on demand: what goes wrong next, where, and how often."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .errors import ApiError

#: answered instead of the work
REFUSALS = ("INVALID_SESSION_ID", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE")
#: around the work
TRANSPORT = ("slow", "drop_response")
#: within a record's write
RECORD = (
    "UNABLE_TO_LOCK_ROW",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "DUPLICATES_DETECTED",
)
#: within a query job
JOB = ("JOB_FAILED",)
#: of the Pub/Sub API
RPC = ("RPC",)


@dataclass
class Fault:
    """``times`` None lasts until cleared. ``path``, ``method``, ``object``, ``field``
    narrow it down; ``value`` is the field value that a validation rule refuses;
    ``seconds`` is how long a slow answer takes; ``retry_after`` a header in seconds;
    ``rpc_status`` and ``code`` are those of gRPC and of Salesforce."""

    fault: str
    times: int | None = 1
    path: str = ""
    method: str = ""
    object: str = ""
    field: str = ""
    value: object = None
    message: str = ""
    seconds: float = 1.0
    retry_after: int | None = None
    rpc_status: str = "UNAVAILABLE"
    code: str = ""

    def use(self) -> bool:
        """Whether it still happens; counts down."""
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class Faults:
    def __init__(self):
        self._faults = []

    def add(self, fault: str, **details) -> None:
        """Raises ValueError for a name that is not known."""
        if fault not in REFUSALS + TRANSPORT + RECORD + JOB + RPC:
            raise ValueError(f"unknown fault: {fault}")
        self._faults.append(Fault(fault, **details))

    def clear(self) -> None:
        self._faults.clear()

    def listed(self) -> list[dict]:
        return [asdict(fault) for fault in self._live()]

    def _live(self) -> list[Fault]:
        self._faults = [f for f in self._faults if f.times is None or f.times > 0]
        return self._faults

    def for_request(self, method: str, path: str) -> list[Fault]:
        """The faults of the transport that strike this request."""
        return [
            fault
            for fault in self._live()
            if fault.fault in REFUSALS + TRANSPORT
            and fault.method.upper() in ("", method)
            and fault.path in path
            and fault.use()
        ]

    def before_write(self, object_name: str, record_id, values: dict) -> None:
        """Raises ApiError for a locked row or a validation rule."""
        for fault in self._live():
            if fault.object.lower() not in ("", object_name.lower()):
                continue
            if fault.fault == "UNABLE_TO_LOCK_ROW" and fault.use():
                raise row_locked(record_id)
            if fault.fault == "FIELD_CUSTOM_VALIDATION_EXCEPTION":
                _validate(fault, values)

    def for_job(self, object_name: str) -> str:
        """Why a query job over the object fails; empty where it does not."""
        for fault in self._live():
            if fault.fault in JOB and fault.object in ("", object_name) and fault.use():
                return (
                    fault.message or "InternalServerError : Retried more than 15 times"
                )
        return ""

    def for_rpc(self, topic: str) -> Fault | None:
        """What strikes a subscription, be it while it goes on."""
        for fault in self._live():
            if fault.fault in RPC and fault.path in topic and fault.use():
                return fault
        return None

    def check_duplicates(self, sobject, row: dict, allowed: bool) -> None:
        """Raises ApiError where a duplicate rule bites and saving is not forced."""
        for fault in self._live():
            if fault.fault != "DUPLICATES_DETECTED" or allowed:
                continue
            if fault.object.lower() in ("", sobject.name.lower()) and fault.use():
                raise duplicates_detected(sobject, row, fault.message)


def row_locked(record_id) -> ApiError:
    return ApiError(
        "UNABLE_TO_LOCK_ROW",
        f"unable to obtain exclusive access to this record or 1 records:"
        f" {record_id or 'null'}",
        (),
    )


def _validate(fault: Fault, values: dict) -> None:
    """A rule on a field bites when the field is written (with the given value)."""
    if fault.field and fault.field not in values:
        return
    if fault.value is not None and values.get(fault.field) != fault.value:
        return
    if fault.use():
        raise ApiError(
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            fault.message or "A validation rule refuses this record.",
            (fault.field,) if fault.field else (),
        )


def duplicates_detected(sobject, row: dict, message: str) -> ApiError:
    message = message or "Use one of these records?"
    rule = f"Standard_{sobject.name}_Duplicate_Rule"
    result = {
        "allowSave": True,
        "duplicateRule": rule,
        "duplicateRuleEntityType": sobject.name,
        "errorMessage": message,
        "matchResults": [],
    }
    return ApiError("DUPLICATES_DETECTED", message, extra={"duplicateResult": result})
