# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""JSON values to the Python values of rows, and back.

Numbers with a scale are kept as Decimal, dates as date, stamps as aware datetime.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ..errors import ApiError
from ..ids import IdError, to_18
from ..schema.field import Field

NUMBERS = ("currency", "double", "percent")
#: SOAP API guide, "Primitive Data Types", date: 1700 to 4000
YEARS = range(1700, 4001)
STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"


def json_token(value) -> str:
    """The parser's name for a JSON value, as its errors word it."""
    if isinstance(value, bool):
        return f"VALUE_{str(value).upper()}"
    for kind, token in (
        (str, "VALUE_STRING"),
        (int, "VALUE_NUMBER_INT"),
        (float, "VALUE_NUMBER_FLOAT"),
        (list, "START_ARRAY"),
        (dict, "START_OBJECT"),
    ):
        if isinstance(value, kind):
            return token
    return "VALUE_NULL"


def unreadable(kind: str, value) -> ApiError:
    shown = f" value {value}" if not isinstance(value, (dict, list)) else ""
    return ApiError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {kind} from {json_token(value)}{shown} or"
        " request may be missing a required field at [line:1, column:1]",
    )


def parse_datetime(text: str) -> datetime:
    """ISO 8601 with or without fraction; the zone as Z, +hh:mm or +hhmm."""
    moment = datetime.fromisoformat(_iso(text))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(timezone.utc).replace(microsecond=0)


def _iso(text: str) -> str:
    """What datetime.fromisoformat of Python 3.10 reads."""
    text = text.replace("Z", "+00:00")
    if text[-5] in "+-" and ":" not in text[-5:]:
        text = f"{text[:-2]}:{text[-2:]}"
    whole, dot, rest = text.partition(".")
    return whole + rest.lstrip("0123456789") if dot else text


def read_text(field: Field, value, owner: str):
    if not isinstance(value, str):
        raise unreadable("string", value)
    value = value.strip()
    if field.length and len(value) > field.length:
        raise ApiError(
            "STRING_TOO_LONG",
            f"{owner} {field.name}: data value too large: {value}"
            f" (max length={field.length})",
            (field.name,),
        )
    return value or None


def read_number(field: Field, value, owner: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise unreadable(field.type, value)
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise unreadable(field.type, value) from None
    whole = Decimal(10) ** (field.precision - field.scale)
    if abs(exact) >= whole:
        raise ApiError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{owner} {field.name}: value outside of valid range on numeric field:"
            f" {value}",
            (field.name,),
        )
    return exact.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)


def read_integer(field: Field, value, owner: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise unreadable("int", value)
    return value


def read_boolean(field: Field, value, owner: str) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise unreadable("boolean", value)
    return value


def read_date(field: Field, value, owner: str) -> date:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise unreadable("date", value) from None
    return in_range(field, found)


def in_range(field: Field, found):
    """Raises ApiError for a year that Salesforce does not keep."""
    if found.year in YEARS:
        return found
    raise ApiError(
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        f"{field.name}: invalid date: {shown(found)}",
        (field.name,),
    )


def read_datetime(field: Field, value, owner: str) -> datetime:
    try:
        found = parse_datetime(value)
    except (AttributeError, IndexError, TypeError, ValueError):
        raise unreadable("datetime", value) from None
    return in_range(field, found)


def read_email(field: Field, value, owner: str):
    value = read_text(field, value, owner)
    if value and ("@" not in value.strip("@") or " " in value):
        raise ApiError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.name}: invalid email address: {value}",
            (field.name,),
        )
    return value


def read_picklist(field: Field, value, owner: str):
    value = read_text(field, value, owner)
    if field.restricted and value and value not in field.picklist:
        raise ApiError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.name}: bad value for restricted picklist field: {value}",
            (field.name,),
        )
    return value


def read_reference(field: Field, value, owner: str):
    """The 18-character id; whether it exists is checked elsewhere."""
    if not isinstance(value, str):
        raise unreadable("reference", value)
    if not value:
        return None
    try:
        return to_18(value)
    except IdError:
        raise wrong_id(field, value) from None


def wrong_id(field: Field, value) -> ApiError:
    label = field.name.removesuffix("Id") or field.name
    return ApiError(
        "MALFORMED_ID",
        f"{label} ID: id value of incorrect type: {value}",
        (field.name,),
    )


READERS = {
    **{kind: read_number for kind in NUMBERS},
    "int": read_integer,
    "boolean": read_boolean,
    "date": read_date,
    "datetime": read_datetime,
    "email": read_email,
    "picklist": read_picklist,
    "reference": read_reference,
}


def read(field: Field, value, owner: str):
    """The Python value of a JSON value. ``owner`` is the object's label in errors."""
    if value is None:
        return None
    return READERS.get(field.type, read_text)(field, value, owner)


def shown(value):
    """The JSON value of a Python value, as Salesforce writes it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime(STAMP)
    if isinstance(value, date):
        return value.isoformat()
    return value
