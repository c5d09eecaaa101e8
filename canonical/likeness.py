# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of a name, tax id, address or number says who it is, however it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from .legal_forms import BEFORE, BEHIND, JOINING

# ----------------------------------------------------------------------
# NAMES
# ----------------------------------------------------------------------

# Two names that differ by a letter or two in twenty are probably one.
ALIKE = 0.85
# A first word that is shorter says too little to stand for a longer name.
SHORTEST_STEM = 4
_UNHEARD = re.compile(r"[.'’`´]")


def plain(text: str | None) -> str:
    """Lower case, without accents and punctuation; words of any script are kept."""
    folded = unicodedata.normalize("NFKD", _UNHEARD.sub("", text or "")).casefold()
    kept = (letter for letter in folded if not unicodedata.combining(letter))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def plain_name(name: str | None) -> str:
    """A name without the legal form: "The Ada & Söhne G.m.b.H. & Co. KG" → "ada
    sohne". A name that is nothing else keeps it."""
    words = [word for word in plain(name).split() if word not in JOINING]
    while True:
        length = len(words)
        words = words[: length - _behind(words)]
        words = words[_before(words) :]
        if len(words) == length:
            return " ".join(words)


def alike(one: str, other: str) -> bool:
    """Whether two plain names, which differ, may be one: a letter apart, or one is the
    beginning of the other. Another number is another one (Site 1, Site 2)."""
    if not one or not other or one == other:
        return False
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    short, long = sorted((one.split(), other.split()), key=len)
    if long[: len(short)] == short and len(short[0]) >= SHORTEST_STEM:
        return True
    return SequenceMatcher(None, one, other).ratio() >= ALIKE


def _behind(words: list) -> int:
    """How many words at the end are a legal form; never all of them."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in _BEHIND:
            return length
    return 0


def _before(words: list) -> int:
    """How many words at the beginning are one."""
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if tuple(words[:length]) in _BEFORE:
            return length
    return 0


def _forms(table: dict) -> frozenset:
    return frozenset(
        tuple(word for word in plain(form).split() if word not in JOINING)
        for forms in table.values()
        for form in forms
    )


_BEHIND, _BEFORE = _forms(BEHIND), _forms(BEFORE)
_LONGEST = max(map(len, _BEHIND | _BEFORE))

# ----------------------------------------------------------------------
# TAX IDS
# ----------------------------------------------------------------------

# Prefixes of VAT numbers in the EU (Annex of https://ec.europa.eu/taxation_customs/vies)
# and of the United Kingdom, Switzerland and Norway, which follow its form.
_PREFIXES = frozenset(
    "AT BE BG CH CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT"
    " RO SE SI SK XI".split()
)
# One country, two prefixes.
_SAME_PREFIX = {"EL": "GR", "XI": "GB"}
# What Swiss and Norwegian numbers may end in: that they are registered for VAT.
_ENDINGS = {"CH": ("MWST", "TVA", "IVA"), "NO": ("MVA",)}


@dataclass(frozen=True, slots=True)
class TaxId:
    """``text``: letters and digits alone. ``country``: ISO 3166-1 alpha-2, empty where
    it is not known. ``number``: what follows the country prefix."""

    text: str = ""
    country: str = ""
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def same(self, other: TaxId) -> bool:
        """Whether both are one number; the prefix may be left out."""
        if not self or not other:
            return False
        if self.text == other.text and (self._prefixed or other._prefixed):
            return True
        one_country = self.country == other.country
        unsaid = not self.country or not other.country
        return (one_country or unsaid) and self.number == other.number

    @property
    def _prefixed(self) -> bool:
        return self.text != self.number

    def differs(self, other: TaxId) -> bool:
        """Whether these are two numbers, so two parties."""
        return bool(self and other) and not self.same(other)


def tax_id(vat: str | None, country: str = "") -> TaxId:
    """Read a tax id.

    :param country: code of the address, for numbers that bear no prefix
    """
    text = plain_vat(vat)
    # One character is how people say that there is none.
    if len(text) < 2:
        return TaxId()
    head = _SAME_PREFIX.get(text[:2], text[:2])
    country = _SAME_PREFIX.get(country.upper(), country.upper())
    if text[:2] in _PREFIXES or head == country:
        return TaxId(text, head, _without_ending(head, text[2:]))
    return TaxId(text, country, _without_ending(country, text))


def plain_vat(vat: str | None) -> str:
    """A tax id without what people write into it."""
    return re.sub(r"[^A-Z0-9]", "", (vat or "").upper())


def _without_ending(country: str, number: str) -> str:
    for ending in _ENDINGS.get(country, ()):
        number = number.removesuffix(ending)
    return number


# ----------------------------------------------------------------------
# PLACES, NUMBERS AND HOSTS
# ----------------------------------------------------------------------

# What is left of a telephone number when country and trunk prefixes are written or not.
PHONE_DIGITS = 8
SHORTEST_PHONE = 7
_STREETS = {
    "strasse": "str",
    "street": "st",
    "avenue": "av",
    "ave": "av",
    "road": "rd",
    "boulevard": "bd",
    "blvd": "bd",
    "drive": "dr",
    "lane": "ln",
    "suite": "ste",
    "place": "pl",
    "square": "sq",
}


def plain_phone(phone: str | None) -> str:
    """The last digits, which are written with or without the country; empty for what is
    too short to be somebody's."""
    digits = re.sub(r"\D", "", (phone or "").split("ext")[0])
    if len(digits) < SHORTEST_PHONE or len(set(digits)) < 3:
        return ""
    return digits[-PHONE_DIGITS:]


def plain_place(postal_code: str | None, street: str | None) -> str:
    """Postal code and street, in whatever order its parts are written; empty where one
    of them is missing."""
    code = plain(postal_code).replace(" ", "")
    words = sorted(_street_words(street))
    return f"{code} {' '.join(words)}" if code and words else ""


def _street_words(street: str | None) -> list:
    words = []
    for word in plain(street).split():
        # "Hauptstrasse" and "Haupt Str." are one, and so are "12a" and "12 a".
        word = re.sub(r"(?<=\w)strasse$", "str", word)
        words.append(_STREETS.get(word, word))
    text = re.sub(r"(?<=\w\w) str\b", "str", " ".join(words))
    return re.sub(r"\b(\d+) ([a-z])\b", r"\1\2", text).split()


def host_of(website: str | None) -> str:
    """The host of a web address, without "www."."""
    text = re.sub(r"^[a-z]+://", "", (website or "").strip().lower())
    host = re.split(r"[/?#:]", text, maxsplit=1)[0].strip(".")
    return host.removeprefix("www.") if "." in host else ""
