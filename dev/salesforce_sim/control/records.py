# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deeds that REST does not offer: convert, merge, undelete, emptying the bin."""

from __future__ import annotations

from flask import jsonify

from ..records.convert import convert
from ..records.merge import merge
from ..records.recycle import empty, undelete
from ..rest.request import org
from .answers import body, refusing, sobject


def add_to(control) -> None:
    control.add_url_rule("/convert", "convert", convert_lead, methods=["POST"])
    control.add_url_rule("/merge", "merge", merge_records, methods=["POST"])
    control.add_url_rule("/undelete", "undelete", undelete_record, methods=["POST"])
    control.add_url_rule("/empty_bin", "empty_bin", empty_bin, methods=["POST"])


@refusing
def convert_lead():
    """{"lead", "opportunity": whether there is to be one}"""
    sent = body()
    return jsonify(convert(org(), sent["lead"], sent.get("opportunity", True)))


@refusing
def merge_records():
    """{"object", "winner", "loser"}"""
    sent = body()
    merge(org(), sobject(org(), sent["object"]), sent["winner"], sent["loser"])
    return jsonify({"winner": sent["winner"], "loser": sent["loser"]})


@refusing
def undelete_record():
    """{"object", "id"}"""
    sent = body()
    undelete(org(), sobject(org(), sent["object"]), sent["id"])
    return jsonify({"id": sent["id"]})


@refusing
def empty_bin():
    """{"object"}, or nothing for all objects"""
    return jsonify({"removed": empty(org(), body().get("object"))})
