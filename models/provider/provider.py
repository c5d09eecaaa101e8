# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The verbs that the engine calls. One such model per provider, in any addon."""

from odoo import models

from ...canonical import Hold


class Provider(models.AbstractModel):
    """Strategy of a provider: ``q2c.provider.<code>``, where ``<code>`` is the value
    that the addon adds to the selection ``q2c.connection.provider``.

    Every verb raises only the failures of the canonical layer (Wait, Retry, Hold), or
    ``Unverified`` where that is said. None of them writes business records.
    """

    _name = "q2c.provider"
    _description = "Provider"

    # Whether it bills: subscriptions are created there, invoices and payments come in.
    _bills = False
    # What stands behind the webhook address: one name for each form of message.
    _channels = ()
    # Whether calls are counted against a daily allocation: see q2c.api.use.
    _is_metered = False
    # What products cost there: "prices" that stand alone and never change, "lists" of
    # entries that do; empty where no catalogue can be published to.
    _catalogue = ""
    # Codes of the streams that bring all products and prices.
    _catalogue_streams = ()
    # Kinds whose objects can be listed by the time of their creation, in the order of
    # dependence.
    _listed_kinds = ()
    # Whose fields people may map: {kind of mapping: {object, as the provider calls it:
    # model whose fields they become}}.
    _mapped_objects = {}

    # ------------------------------------------------------------------
    # INBOUND
    # ------------------------------------------------------------------

    def _verify(self, connection, channel, body, headers):
        """Prove that ``body`` (bytes) comes from the connection's account.

        :raises Unverified: it could not be proven
        """
        raise NotImplementedError

    def _parse(self, connection, channel, body):
        """The envelopes (list of canonical.Envelope) in a verified ``body``."""
        raise NotImplementedError

    def _acknowledge(self, channel):
        """What the sender takes for delivered: (text, content type)."""
        return "", "text/plain"

    def _recognize(self, connection, content):
        """The envelope of ``content`` (dict), a message or an object that a person
        pasted: nothing of it is proven, and it may be of any shape.

        :raises Hold: it is none of this provider's
        """
        raise Hold(
            "unsupported",
            f"Nothing can be pasted for {connection.name}.",
            "Choose one of its events.",
        )

    def _open(self, connection, kind, payload):
        """The object in a stored ``payload`` (str): a canonical.Reading."""
        raise NotImplementedError

    def _fetch(self, connection, refs):
        """Read objects as they are now.

        :param refs: canonical.Ref of one or several kinds
        :return: {ref: content dict, or None where the object does not exist}
        """
        raise NotImplementedError

    def _translate(self, connection, kind, content, api_version):
        """The canonical document of the object ``content``."""
        raise NotImplementedError

    def _envelope(self, connection, kind, content):
        """The envelope under which a fetched object is kept in the inbox."""
        raise NotImplementedError

    def _enclosed(self, connection, kind, content):
        """{ref: content} of other objects, whole, that came inside the object
        ``content`` and need not be fetched."""
        return {}

    def _identify(self, kind, text):
        """The id of an object of ``kind`` here that ``text``, found in another system,
        is; empty where it is none. Nothing is asked of the provider."""
        return ""

    def _start(self, stream, cursor):
        """The cursor that a poll begins with, given where the last one ended."""
        return cursor

    def _rewind(self, cursor, since):
        """``cursor``, or an earlier one that is not after ``since`` (UTC, naive)."""
        return cursor

    def _load(self, stream):
        """The cursor that ``stream`` is loaded anew with, whole; None where it cannot
        be, or need not, since other streams bring the same.

        As long as it is being loaded, its cursor has the key ``load``: a dict that
        tells in ``done`` and ``total`` how many objects were and are to be read.
        """
        return None

    def _list(self, connection, code, cursor):
        """One page (canonical.Page) of what changed in the stream ``code``."""
        raise NotImplementedError

    def _objects(self, connection, kind, since, until, cursor):
        """One page (canonical.Page) of the objects of ``kind``, one of
        ``_listed_kinds``, that were created in [``since``, ``until``): whole, as they
        are now.

        :param since: aware datetime, as ``until`` is
        :param cursor: ``{}``, then that of the page before
        """
        raise NotImplementedError

    def _default_topics(self):
        """Names of what is listened to where nothing else is said; none where nothing
        can be."""
        return []

    def _listening_obstacles(self):
        """What of this server keeps it from listening: a list of sentences."""
        return []

    def _ear(self, connection, topics):
        """What listens to ``topics`` (q2c.topic), for the time of a ``with``.

        Its ``hear(seconds)`` gives the canonical.Heard that comes next, or None where
        all are silent for so long; ``go_on(heard)`` is called once that is kept;
        ``is_connected`` says whether silence means that there is nothing new.

        :raises Hold, Retry: of signing in, at its beginning or later
        """
        raise NotImplementedError

    # ------------------------------------------------------------------
    # OUTBOUND
    # ------------------------------------------------------------------

    def _compose(self, connection, kind, verb, document, external_id):
        """The canonical.Request that brings ``document`` about."""
        raise NotImplementedError

    def _send(self, connection, calls):
        """Carry out ``calls``: a list of (key, request), key being the idempotency key.

        :return: an iterator of lists of (key, canonical.Outcome); what one list holds
            was carried out together, and is recorded before the next is asked for
        """
        raise NotImplementedError

    def _find(self, connection, kind, odoo_ref):
        """The content of the object that bears our reference, or None. Asked when a
        call is too old to be repeated under its key."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------------

    def _health(self, connection):
        """Ask who is at the other end: a canonical.Health."""
        raise NotImplementedError

    def _endpoint_faults(self, connection):
        """What keeps the provider from telling us of everything by itself: a list of
        Holds, none of them raised. Nothing where it has no such thing as an endpoint.
        """
        return []

    def _check_complete(self, connection):
        """Refuse (UserError) to activate a connection that lacks settings."""

    def _create_streams(self, connection):
        """Create the streams that a new connection polls."""

    def _balance_categories(self):
        """What moves the balance and is told by nothing but the balance transaction:
        {category: (label, role of the usual account)}, the role being fee, transit,
        reserve, or empty where there is no usual one."""
        return {}

    def _balance(self, connection):
        """What the provider holds for us now: {currency code: canonical.Balance}."""
        raise NotImplementedError

    def _balance_transactions(self, connection, since, until):
        """What moved that balance between two moments (aware): an iterator of contents
        of balance transactions."""
        raise NotImplementedError

    def _types_fitting(self, ttype):
        """The provider's types of fields whose values a field of Odoo's type ``ttype``
        can have."""
        return ()

    def _custom_fields(self, connection):
        """{(kind of mapping, full name): {"label", "type"}} of the fields of
        ``_mapped_objects`` that people have added there."""
        return {}

    def _url(self, connection, ref):
        """Address of the object's page for a person, empty where there is none."""
        return ""
