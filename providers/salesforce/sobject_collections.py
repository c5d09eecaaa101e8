# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Writing many records in one call: sObject Collections.

Up to 200 records a call, each with its own outcome (``allOrNone`` false):
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...canonical import Failure, Hold, Outcome, Request, Retry
from . import api_error, soql
from .connector import Connector, is_about_content
from .description import Describe, Description, Field
from .identifier import to_18

RECORDS_PER_CALL = 200

Numbered = tuple[int, Request]


def send(
    connector: Connector, describe: Describe, requests: Sequence[Request]
) -> list[Outcome]:
    """Carry out ``requests``; one outcome each, in their order.

    A request that Salesforce cannot take fails alone. A fault that is not about a
    record (an outage, a refused sign-in) fails what was not sent yet, too: the provider
    is not asked again in this run.
    """
    describe = _asking_once(describe)
    outcomes: dict[int, Outcome] = {}
    sound: list[Numbered] = []
    down: Failure | None = None
    for item in enumerate(requests):
        try:
            if down is None:
                _check(describe, item[1])
            sound.append(item)
        except Retry as failure:
            down = failure
            sound.append(item)
        except Hold as failure:
            outcomes.update(_all_failed([item], failure))
    for chunk in _chunks(sound):
        if down is None:
            down = _send_chunk(connector, chunk, outcomes)
        else:
            outcomes.update(_all_failed(chunk, down))
    return [outcomes[number] for number in range(len(requests))]


def _asking_once(describe: Describe) -> Describe:
    """``describe``, a failure of which is remembered too."""
    answers: dict[str, Description | Failure] = {}

    def ask(sobject: str) -> Description:
        if sobject not in answers:
            try:
                answers[sobject] = describe(sobject)
            except Failure as failure:
                answers[sobject] = failure
        answer = answers[sobject]
        if isinstance(answer, Failure):
            raise answer
        return answer

    return ask


def _check(describe: Describe, request: Request) -> None:
    """One unknown field makes Salesforce refuse the whole call: it is found before.

    :raises Hold: ``unsupported_verb``, ``malformed_id``, ``malformed_name``,
        ``invalid_field``
    """
    if request.verb not in ("create", "update", "upsert"):
        raise Hold(
            "unsupported_verb",
            f"Nothing is {request.verb}d in Salesforce: records are created, updated"
            " and upserted.",
            "Skip the command.",
        )
    sobject = _target(request)[0]
    if request.verb == "update":
        to_18(request.id)
    known = describe(sobject).fields
    wrong = [
        name
        for name in request.params
        if name not in known or not _takes(known[name], request.verb)
    ]
    if wrong:
        raise api_error.failure_of(
            "INVALID_FIELD",
            "these fields do not exist or cannot be written by the integration user",
            wrong,
            f"{sobject} {request.id}",
        )


def _takes(field: Field, verb: str) -> bool:
    return field.createable if verb == "create" else field.updateable


def _target(request: Request) -> tuple[str, str]:
    """Object and, for an upsert (``Account/Ref__c``), external id field."""
    sobject, _, field = request.resource.partition("/")
    if request.verb == "upsert":
        return soql.name(sobject), soql.name(field)
    return soql.name(sobject), ""


def _chunks(numbered: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Of one verb and object each, no record twice: within one call Salesforce refuses
    to write the same record again."""
    open_chunks: dict[tuple[str, str], list[list[Numbered]]] = {}
    for item in numbered:
        request = item[1]
        chunks = open_chunks.setdefault((request.verb, request.resource), [])
        for chunk in chunks:
            if len(chunk) < RECORDS_PER_CALL and not _repeats(chunk, request):
                chunk.append(item)
                break
        else:
            chunks.append([item])
    for chunks in open_chunks.values():
        yield from chunks


def _repeats(chunk: list[Numbered], request: Request) -> bool:
    """What is created is another record each time."""
    return bool(request.id) and any(other.id == request.id for _, other in chunk)


def _send_chunk(
    connector: Connector, chunk: list[Numbered], outcomes: dict[int, Outcome]
) -> Failure | None:
    """Fill in ``outcomes``.

    :return: the fault, when it is not about a record
    """
    try:
        answers = _call(connector, [request for _, request in chunk])
    except Failure as failure:
        if isinstance(failure, Hold) and is_about_content(failure):
            return _find_culprit(connector, chunk, failure, outcomes)
        outcomes.update(_all_failed(chunk, failure))
        return failure
    for (number, request), answer in zip(chunk, answers, strict=True):
        outcomes[number] = _outcome(request, answer)
    return None


def _find_culprit(
    connector: Connector,
    chunk: list[Numbered],
    failure: Hold,
    outcomes: dict[int, Outcome],
) -> Failure | None:
    """A chunk that was refused as a whole is halved until what is wrong stands alone.

    :return: as ``_send_chunk``
    """
    if len(chunk) == 1:
        outcomes.update(_all_failed(chunk, failure))
        return None
    middle = len(chunk) // 2
    down = _send_chunk(connector, chunk[:middle], outcomes)
    if down is None:
        return _send_chunk(connector, chunk[middle:], outcomes)
    outcomes.update(_all_failed(chunk[middle:], down))
    return down


def _call(connector: Connector, requests: list[Request]) -> list[dict]:
    sobject, field = _target(requests[0])
    path = f"composite/sobjects/{sobject}/{field}" if field else "composite/sobjects"
    records = [
        {"attributes": {"type": sobject}, **_identity(request), **request.params}
        for request in requests
    ]
    answers = connector.call(
        "POST" if requests[0].verb == "create" else "PATCH",
        path,
        f"{len(records)} records of {sobject}",
        json={"allOrNone": False, "records": records},
    )
    if not isinstance(answers, list) or len(answers) != len(records):
        raise Hold(
            "unexpected_answer",
            f"Salesforce did not answer for each of {len(records)} records.",
            "Check in Salesforce whether the records were changed, then retry.",
        )
    return answers


def _identity(request: Request) -> dict[str, str]:
    if request.verb == "create":
        return {}
    field = _target(request)[1]
    return {field: request.id} if field else {"id": to_18(request.id)}


def _outcome(request: Request, answer: dict) -> Outcome:
    subject = f"{_target(request)[0]} {request.id}"
    if not answer.get("success"):
        failure = api_error.failure_of_result(answer.get("errors") or [], subject)
        return Outcome(id=request.id, answer=answer, failure=failure)
    return Outcome(id=to_18(answer.get("id") or request.id), answer=answer)


def _all_failed(chunk: list[Numbered], failure: Failure) -> dict[int, Outcome]:
    return {
        number: Outcome(id=request.id, failure=failure) for number, request in chunk
    }
