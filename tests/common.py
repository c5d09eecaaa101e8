# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two connections in a company with accounts, and a provider that answers from a dict.

What commits, locks or speaks HTTP is tested in ``tests/live`` on real servers; here the
commits of the engine only flush.
"""

import math
import os
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..canonical import Envelope
from ..models.connection import vault
from ..models.engine.batch import Item

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


class Q2CCase(AccountTestInvoicingCommon):
    """``stripe`` and ``salesforce``: active connections of the test company, as the
    engine has them (superuser). ``remote``: {ref: content} that fetching finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = {vault.ENVIRONMENT_VARIABLE: Fernet.generate_key().decode()}
        cls.startClassPatcher(patch.dict(os.environ, keys))
        cls.startClassPatcher(
            patch.object(
                cls.registry["ir.cron"], "_commit_progress", _flush_instead_of_commit
            )
        )
        cls.env = cls.env(user=cls.env.ref("base.user_root"), su=True)
        cls.company = cls.company_data["company"].with_env(cls.env)
        cls.stripe = cls._connection("stripe", account_ref="acct_test")
        cls.salesforce = cls._connection(
            "salesforce",
            account_ref="00D000000000001EAA",
            salesforce_client_id="client",
            salesforce_instance_url="https://test.my.salesforce.com",
        )
        cls.stripe._set_up_accounting()

    def setUp(self):
        super().setUp()
        self.remote = {}
        for connection in (self.stripe, self.salesforce):
            provider = self.registry[f"q2c.provider.{connection.provider}"]
            self.patch(
                provider, "_fetch", lambda _self, _connection, refs: self._answer(refs)
            )

    @classmethod
    def _connection(cls, provider, **values):
        connection = cls.env["q2c.connection"].create(
            {
                "name": provider.capitalize(),
                "provider": provider,
                "company_id": cls.company.id,
                **values,
            }
        )
        # As action_activate does, without asking the provider.
        connection.write(
            {
                "state": "active",
                "health": "ok",
                "database_uuid": connection._current_uuid(),
            }
        )
        return connection

    def _answer(self, refs):
        return {ref: self.remote.get(ref) for ref in refs}

    # ------------------------------------------------------------------
    # APPLYING
    # ------------------------------------------------------------------

    def apply(self, connection, *documents, occurred_at=None):
        """Bring canonical documents through the inbox into Odoo, in one batch.

        :return: their events, in order
        """
        occurred_at = occurred_at or self._next_moment()
        envelopes = [
            Envelope(
                external_id=f"{document.ref}@{occurred_at.isoformat()}",
                type=f"{document.KIND}.changed",
                kind=document.KIND,
                object_id=document.id,
                partition="test",
                occurred_at=occurred_at,
                payload="{}",
            )
            for document in documents
        ]
        ids = self.env["q2c.event"]._store(connection, envelopes, "webhook")
        events = self.env["q2c.event"].browse(ids)
        items = [
            Item(
                event=event,
                ref=document.ref,
                occurred_at=event.occurred_at,
                document=document,
            )
            for event, document in zip(events, documents, strict=True)
        ]
        processor = self.env["q2c.processor"]
        bindings = processor._resolve(connection, items)
        extra = processor._complete(connection, items, bindings)
        processor._apply(connection, items + extra, bindings)
        processor._settle(connection, items + extra)
        return events

    def _next_moment(self):
        """Each call is a second later, as states of one object are."""
        self._moment = getattr(self, "_moment", NOW) + timedelta(seconds=1)
        return self._moment

    def record_of(self, document, connection=None):
        """The record that the object of ``document`` is linked to, or None."""
        connection = connection or self.stripe
        binding = self.env["q2c.binding"]._resolve(connection, [document.ref])
        return binding[document.ref]._record() if binding else None

    def assert_done(self, events):
        """Every event was applied; says why not."""
        for event in events:
            self.assertEqual(
                event.state,
                "done",
                f"{event.display_name}: {event.message}\n{event.traceback or ''}",
            )

    def assert_held(self, event, reason):
        self.assertEqual(
            (event.state, event.reason), ("failed", reason), event.traceback
        )
        self.assertTrue(event.message)
        self.assertTrue(event.remedy)

    # ------------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------------

    def commands(self, kind, record, verb="create"):
        """The commands about ``record``, oldest first."""
        return self.env["q2c.command"].search(
            [
                ("kind", "=", kind),
                ("verb", "=", verb),
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
            ],
            order="id",
        )

    def link(self, connection, kind, external_id, record, **values):
        """A link as the engine writes it after a creation."""
        return self.env["q2c.binding"].create(
            {
                "connection_id": connection.id,
                "kind": kind,
                "external_id": external_id,
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )


def _flush_instead_of_commit(cron, processed=0, **_kwargs):
    cron.env.flush_all()
    return math.inf
