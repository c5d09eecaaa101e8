# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The set-up check: what a connection's settings ask of Salesforce, how it is shown,
who may create what is missing."""

import base64
import io
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Hold, Retry
from ..models.provider import provider_salesforce
from ..providers.salesforce import fields as field_lists
from ..providers.salesforce.connector import Connector
from ..providers.salesforce.preflight.need import FieldNeed
from ..providers.salesforce.session import Session
from .common import NOW, Q2CCase

SESSION = Session(
    access_token="token",
    instance_url="https://test.my.salesforce.com",
    organization_id="00D000000000001EAA",
    user_id="005000000000001AAA",
    issued_at=NOW,
)
ALL = ("CustomizeApplication", "ManageProfilesPermissionsets", "AssignPermissionSets")


class FakeOrg:
    """Answers the calls of the check from memory. ``fields``: {(object, name): type} of
    custom fields; ``permissions`` of the user; ``created``: bodies of the Tooling
    API."""

    def __init__(self):
        self.fields = {}
        self.permissions = [*ALL, "ViewAllData"]
        self.created = []
        self.failure = None

    def call(self, method, path, _subject, params=None, json=None):
        if self.failure:
            raise self.failure
        if path == "composite/batch":
            requests = [part["url"] for part in json["batchRequests"]]
            return {"results": [self._part(url) for url in requests]}
        if path == "tooling/sobjects/CustomField":
            return self._create(json)
        if path == "composite/sobjects":
            return [{"success": True, "errors": []} for _row in json["records"]]
        if path == "sobjects/PermissionSet":
            return {"id": "0PS000000000001AAA"}
        return {"records": []}

    def _part(self, url):
        if "/describe" in url:
            return {"statusCode": 200, "result": self._describe(url.split("/")[2])}
        if url.endswith("/limits"):
            calls = {"Remaining": 9_000, "Max": 15_000}
            return {"statusCode": 200, "result": {"DailyApiRequests": calls}}
        rights = {f"Permissions{name}": True for name in self.permissions}
        record = {"PermissionSet": rights}
        return {"statusCode": 200, "result": {"records": [record]}}

    def _describe(self, sobject):
        known = field_lists.OF_SOBJECT[sobject]
        types = dict.fromkeys((*known.required, *known.optional), "string")
        types.update(
            {
                name: kind
                for (owner, name), kind in self.fields.items()
                if owner == sobject
            }
        )
        return {
            "name": sobject,
            "updateable": True,
            "fields": [
                {"name": name, "type": kind, "updateable": True}
                for name, kind in types.items()
            ],
        }

    def _create(self, body):
        self.created.append(body)
        sobject, name = body["FullName"].split(".")
        kind = {"Text": "string"}.get(body["Metadata"]["type"])
        self.fields[sobject, name] = kind or body["Metadata"]["type"].lower()
        return {"id": "00N000000000001AAA"}


@tagged("post_install", "-at_install")
class TestPreflight(Q2CCase):
    def setUp(self):
        super().setUp()
        provider_salesforce._SESSIONS.clear()
        self.org = org = FakeOrg()

        def call(connector, *args, **kwargs):
            connector.session = SESSION
            return org.call(*args, **kwargs)

        def sign_in(connector):
            connector.session = SESSION
            return SESSION

        self.startPatcher(patch.multiple(Connector, call=call, sign_in=sign_in))
        self.salesforce.salesforce_private_key = "-----BEGIN PRIVATE KEY-----"
        self.salesforce.status_field_ids = [
            Command.create(
                {"kind": "customer", "value": "amount_due", "field_name": "Due__c"}
            ),
            Command.create(
                {"kind": "opportunity", "value": "order_number", "field_name": "No__c"}
            ),
        ]
        self.org.fields = {
            ("Product2", "Q2C_Billing_Interval__c"): "picklist",
            ("Opportunity", "Q2C_Billing_Start__c"): "date",
            ("Account", "Due__c"): "currency",
            ("Opportunity", "No__c"): "string",
        }

    def check(self, connection=None):
        action = (connection or self.salesforce).action_check_set_up()
        self.assertEqual(action["target"], "new")
        return self.env["q2c.preflight"].browse(action["res_id"])

    def results(self, preflight):
        return {
            line.what: line.result
            for line in preflight.line_ids
            if line.result not in ("ok", "hint")
        }

    def test_what_is_listened_to_is_looked_for(self):
        self.assertNotIn("Change Data Capture", self._whats())
        self.salesforce.listens = True
        self.assertIn("Change Data Capture", self._whats())
        self.assertIn("ChangeEvents_AccountChangeEvent", self._whats())

    def _whats(self):
        preflight = self.env["q2c.preflight"]._open(self.salesforce)
        wizard = self.env["q2c.preflight"].browse(preflight["res_id"])
        return wizard.line_ids.mapped("what")

    def test_needs_follow_the_settings(self):
        provider = self.salesforce._provider()
        needs = provider._needs(self.salesforce)
        named = {n.full_name for n in needs if isinstance(n, FieldNeed)}
        self.assertEqual(
            named,
            {
                "Product2.Q2C_Billing_Interval__c",
                "Opportunity.Q2C_Billing_Start__c",
                "Account.Due__c",
                "Opportunity.No__c",
            },
        )
        self.salesforce.stream_ids.active = False
        self.salesforce.order_source = "order"
        objects = {need.sobject for need in provider._needs(self.salesforce)}
        self.assertIn("OrderItem", objects)
        self.assertNotIn("PricebookEntry", objects)
        self.salesforce.write(
            {"order_source": "none", "status_field_ids": [Command.clear()]}
        )
        self.assertFalse(provider._needs(self.salesforce))

    def test_all_there(self):
        preflight = self.check()
        self.assertEqual(preflight.open_count, 0)
        self.assertFalse(preflight.can_create)
        self.assertEqual(self.results(preflight), {})
        self.assertIn("API calls", preflight.line_ids.mapped("what"))

    def test_what_is_to_be_done_stands_first_and_says_what_for(self):
        del self.org.fields["Account", "Due__c"]
        self.org.fields["Opportunity", "No__c"] = "currency"
        preflight = self.check()
        first, second = preflight.line_ids[:2]
        self.assertEqual(
            (first.what, first.result, first.purpose),
            ("Account.Due__c", "missing", "Is told: Amount due"),
        )
        self.assertEqual(
            (second.what, second.result), ("Opportunity.No__c", "wrong_type")
        )
        self.assertTrue(all(line.remedy for line in preflight.line_ids[:2]))
        self.assertEqual(preflight.open_count, 2)

    def test_one_click_creates_what_is_missing(self):
        del self.org.fields["Account", "Due__c"]
        preflight = self.check()
        self.assertTrue(preflight.can_create)
        preflight.action_create()
        (body,) = self.org.created
        self.assertEqual(body["FullName"], "Account.Due__c")
        self.assertEqual(body["Metadata"]["type"], "Currency")
        self.assertEqual(preflight.open_count, 0)
        self.assertFalse(preflight.refusals)
        self.assertIn("Account.Due__c", self.salesforce.message_ids[0].body)

    def test_who_may_not_create_downloads_a_package(self):
        del self.org.fields["Account", "Due__c"]
        self.org.permissions.remove("CustomizeApplication")
        preflight = self.check()
        self.assertFalse(preflight.can_create)
        action = preflight.action_download()
        self.assertIn(f"q2c.preflight/{preflight.id}/package", action["url"])
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(preflight.package)))
        self.assertEqual(
            archive.namelist(),
            [
                "package.xml",
                "objects/Account.object",
                "permissionsets/Quote_to_Cash.permissionset",
            ],
        )
        self.assertFalse(self.org.created)

    def test_a_refusal_is_shown_beside_what_is_still_missing(self):
        del self.org.fields["Account", "Due__c"]
        preflight = self.check()
        with patch.object(
            self.org,
            "_create",
            side_effect=Hold("refused", "Too many custom fields.", "Delete some."),
        ):
            preflight.action_create()
        self.assertIn("Too many custom fields. Delete some.", preflight.refusals)
        self.assertEqual(self.results(preflight), {"Account.Due__c": "missing"})
        preflight.action_create()
        self.assertFalse(preflight.refusals)

    def test_a_field_that_was_put_right_is_seen_at_the_next_look(self):
        del self.org.fields["Account", "Due__c"]
        preflight = self.check()
        self.org.fields["Account", "Due__c"] = "currency"
        preflight.action_check()
        self.assertEqual(preflight.open_count, 0)

    def test_an_outage_is_said_and_leaves_nothing(self):
        self.org.failure = Retry("unreachable", "acme did not answer.")
        with self.assertRaisesRegex(UserError, "acme did not answer"):
            self.salesforce.action_check_set_up()

    def test_only_managers_and_only_salesforce(self):
        operator = new_test_user(
            self.env,
            "q2c_preflight_operator",
            groups="base.group_user,quote_to_cash.group_operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaisesRegex(UserError, "Only managers"):
            self.salesforce.with_user(operator).action_check_set_up()
        with self.assertRaises(AccessError):
            self.env["q2c.preflight"].with_user(operator).create(
                {"connection_id": self.salesforce.id}
            )
        with self.assertRaisesRegex(UserError, "not one to Salesforce"):
            self.stripe.action_check_set_up()
