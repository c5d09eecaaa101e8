# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Descriptions of parameters: what a call takes, and how text becomes a value.

An empty text unsets a parameter (`None`), as in Stripe's encoding.
"""

from decimal import Decimal, InvalidOperation

from stripe_sim.core import errors


class Text:
    def __init__(self, limit=5000):
        self.limit = limit

    def parse(self, raw, path):
        if isinstance(raw, dict):
            raise errors.invalid(f"Invalid string: {raw}", path)
        if len(raw) > self.limit:
            raise errors.invalid(
                f"Invalid string: {raw[:16]}…; must be at most {self.limit} characters",
                path,
            )
        return raw or None


class Required(Text):
    """A text that cannot be unset."""

    def parse(self, raw, path):
        if raw == "":
            raise errors.invalid(
                f"You passed an empty string for '{path}'. We assume empty values"
                f" are an attempt to unset a parameter; however '{path}' cannot be"
                " unset. You should remove it from your request or supply a"
                " non-empty value.",
                path,
                "parameter_invalid_empty",
            )
        return super().parse(raw, path)


class Integer:
    def __init__(self, low=None):
        self.low = low

    def parse(self, raw, path):
        if raw == "":
            return None
        try:
            value = int(raw)
        except (TypeError, ValueError):
            raise errors.invalid(
                f"Invalid integer: {raw}", path, "parameter_invalid_integer"
            ) from None
        if self.low is not None and value < self.low:
            raise errors.invalid(
                f"This value must be greater than or equal to {self.low}.",
                path,
                "parameter_invalid_integer",
            )
        return value


class Timestamp(Integer):
    """Seconds; `now` where the call accepts that word."""

    def __init__(self, *words):
        super().__init__(low=0)
        self.words = words

    def parse(self, raw, path):
        return raw if raw in self.words else super().parse(raw, path)


class Number:
    """A decimal, kept as the text it came in: money is never a float here."""

    def parse(self, raw, path):
        if raw == "":
            return None
        try:
            return str(Decimal(raw))
        except (InvalidOperation, TypeError, ValueError):
            raise errors.invalid(f"Invalid decimal: {raw}", path) from None


class Flag:
    def parse(self, raw, path):
        if raw not in ("true", "false", ""):
            raise errors.invalid(f"Invalid boolean: {raw}", path)
        return raw == "true"


class OneOf:
    def __init__(self, *values):
        self.values = values

    def parse(self, raw, path):
        if raw == "":
            return None
        if raw not in self.values:
            choices = ", ".join(self.values[:-1])
            raise errors.invalid(
                f"Invalid {path}: must be one of {choices}, or {self.values[-1]}",
                path,
            )
        return raw


class ListOf:
    """`exact` keeps at most that many entries out of the way of a mistake."""

    def __init__(self, spec, limit=None):
        self.spec = spec
        self.limit = limit

    def parse(self, raw, path):
        if raw == "":
            return []
        if not isinstance(raw, dict):
            raise errors.invalid("Invalid array", path)
        entries = [raw[key] for key in sorted(raw, key=_index)]
        if self.limit is not None and len(entries) > self.limit:
            raise errors.invalid(
                f"Array {path} exceeded maximum {self.limit} allowed elements.", path
            )
        return [
            self.spec.parse(entry, f"{path}[{position}]")
            for position, entry in enumerate(entries)
        ]


def _index(key):
    return (0, int(key), "") if key.isdigit() else (1, 0, key)


class Hash:
    """A level with named parameters, of which some are required."""

    def __init__(self, fields, required=()):
        self.fields = fields
        self.required = required

    def parse(self, raw, path=""):
        if raw == "":
            return None
        if not isinstance(raw, dict):
            raise errors.invalid("Invalid object", path)
        unknown = [_join(path, name) for name in raw if name not in self.fields]
        if unknown:
            raise errors.unknown_params(unknown)
        for name in self.required:
            if name not in raw:
                raise errors.missing_param(_join(path, name))
        return {
            name: self.fields[name].parse(value, _join(path, name))
            for name, value in raw.items()
        }


def _join(path, name):
    return f"{path}[{name}]" if path else name


class Metadata:
    """Up to 50 texts; keys of 40 and values of 500 characters at most."""

    def parse(self, raw, path):
        if raw == "":
            return None
        if not isinstance(raw, dict):
            raise errors.invalid("Invalid object", path)
        if len(raw) > 50:
            raise errors.invalid("You can have up to 50 metadata keys.", path)
        for key, value in raw.items():
            self._check(key, value, path)
        return dict(raw)

    def _check(self, key, value, path):
        if isinstance(value, dict):
            raise errors.invalid(
                f"Invalid metadata value for {key}: must be a string.", path
            )
        if len(key) > 40 or len(value) > 500:
            raise errors.invalid(
                "Metadata keys take up to 40 and values up to 500 characters.",
                _join(path, key),
            )


class Anything:
    """A level that is stored as it comes (it has no effect on any amount)."""

    def parse(self, raw, path):
        if not isinstance(raw, dict):
            return {"true": True, "false": False, "": None}.get(raw, raw)
        values = {k: self.parse(v, _join(path, k)) for k, v in raw.items()}
        if values and all(key.isdigit() for key in values):
            return [values[key] for key in sorted(values, key=int)]
        return values


class Unsupported:
    """A parameter of Stripe's whose effect is not simulated."""

    def parse(self, raw, path):
        raise errors.not_simulated(path)


class Only:
    """A parameter of which one value is simulated, others are refused."""

    def __init__(self, spec, *accepted):
        self.spec = spec
        self.accepted = accepted

    def parse(self, raw, path):
        value = self.spec.parse(raw, path)
        if value not in self.accepted:
            raise errors.not_simulated(path)
        return value


TEXT, FLAG, NUMBER, METADATA = Text(), Flag(), Number(), Metadata()
INTEGER, NATURAL, TIMESTAMP = Integer(), Integer(low=0), Timestamp()
REQUIRED, ANYTHING, UNSUPPORTED = Required(), Anything(), Unsupported()
IDS = ListOf(REQUIRED)
NO_AUTOMATIC_TAX = Hash(
    {"enabled": Only(FLAG, False), "liability": ANYTHING, "provider": ANYTHING},
)
_ADDRESS_FIELDS = ("city", "country", "line1", "line2", "postal_code", "state")
ADDRESS = Hash({name: TEXT for name in _ADDRESS_FIELDS})
RANGE_FIELDS = {name: TIMESTAMP for name in ("gt", "gte", "lt", "lte")}


class Range:
    """A moment, or a hash of bounds: `created[gte]=1`."""

    def parse(self, raw, path):
        if isinstance(raw, dict):
            return Hash(RANGE_FIELDS).parse(raw, path)
        moment = TIMESTAMP.parse(raw, path)
        return {"gte": moment, "lte": moment}


RANGE = Range()


def unsupported(*names):
    return {name: UNSUPPORTED for name in names}


def stored(*names):
    """Parameters that are kept as they come."""
    return {name: ANYTHING for name in names}
