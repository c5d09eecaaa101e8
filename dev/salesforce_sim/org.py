# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The organisation: everything that the simulator remembers."""

from __future__ import annotations

import threading

from .access.rights import Closed, seen
from .bulk.jobs import QueryJobs
from .clock import Clock
from .eventbus import capture
from .eventbus.bus import Bus
from .faults import Faults
from .ids import IdFactory
from .oauth.apps import Apps
from .oauth.codes import Codes
from .oauth.sessions import Sessions
from .org_names import STANDARD_USER
from .push.registrations import Registrations
from .push.sender import Sender
from .records.autonumber import AutoNumbers
from .records.store import Store
from .schema.permissions import USER_PERMISSIONS
from .schema.registry import Schema
from .schema.sobject import SObject
from .settings import Settings
from .soql.cursors import Cursors
from .stamps import created
from .traffic import Traffic


class Org:
    """``lock`` is held by whoever reads or changes it; one request at a time."""

    def __init__(self, base_url: str = ""):
        self.base_url = base_url
        self.bus_url = ""
        self.lock = threading.RLock()
        self.sender = Sender(self)
        self.reset()

    def reset(self, **settings) -> None:
        """An empty organisation with one user and the standard price book."""
        self.settings = Settings(**settings)
        self.clock = Clock()
        self.ids = IdFactory(self.settings.organization_number)
        self.numbers = AutoNumbers()
        self.schema = Schema()
        self.apply_settings()
        self.store = Store()
        self.faults = Faults()
        self.apps = Apps()
        self.codes = Codes()
        self.closed = Closed()
        self.cursors = Cursors(self.ids)
        self.jobs = QueryJobs(self)
        self.traffic = Traffic(self.clock)
        self.registrations = Registrations()
        self.bus = Bus(self.clock)
        self.sender.reset()
        self._create_setup_records()
        self.sessions = Sessions(self.organization_id)
        self.store.listeners.append(self._changed)

    def configure(self, **settings) -> None:
        """Change settings of a running organisation; names as in Settings."""
        self.settings = Settings(**{**vars(self.settings), **settings})
        self.apply_settings()
        row = self.store.get("Organization", self.organization_id)
        with self.store.transaction():
            self.store.put("Organization", {**row, **self._organization_values()})

    def apply_settings(self) -> None:
        self.schema.default_currency = self.settings.default_currency
        self.schema.set_multi_currency(self.settings.multi_currency)
        self.schema.set_person_accounts(self.settings.person_accounts)

    def _organization_values(self) -> dict:
        return {
            "Name": self.settings.name,
            "IsSandbox": self.settings.is_sandbox,
            "OrganizationType": self.settings.organization_type,
        }

    def _create_setup_records(self) -> None:
        self.organization_id = self.ids.next("00D")
        self.acting_user = self.ids.next("005")
        self.standard_pricebook_id = self.ids.next("01s")
        with self.store.transaction():
            self._put("Organization", self.organization_id, self._organization_values())
            self._put("User", self.acting_user, user_values(STANDARD_USER))
            self._put_profile(self.acting_user)
            book = {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
            self._put("Pricebook2", self.standard_pricebook_id, book)

    def _put(self, name: str, record_id: str, values: dict) -> None:
        row = {"Id": record_id, "IsDeleted": False, **values}
        if self.schema[name].field("CurrencyIsoCode"):
            row["CurrencyIsoCode"] = self.settings.default_currency
        self.store.put(name, created(self, row))

    def ensure_user(self, username: str) -> str:
        """The id of the user with this name, made if there is none."""
        found = self.store.find("User", "Username", username)
        if found:
            return found[0]["Id"]
        record_id = self.ids.next("005")
        with self.store.transaction():
            self._put("User", record_id, user_values(username))
            self._put_profile(record_id)
        return record_id

    def _put_profile(self, user_id: str) -> None:
        """A profile of the user's own, as the permission set behind it."""
        set_id = self.ids.next("0PS")
        every = {f"Permissions{name}": True for name in USER_PERMISSIONS}
        names = {"Name": f"X{set_id}", "Label": f"Profile of {user_id}"}
        self._put("PermissionSet", set_id, {**names, "IsOwnedByProfile": True, **every})
        assignment = {"AssigneeId": user_id, "PermissionSetId": set_id}
        self._put("PermissionSetAssignment", self.ids.next("0Pa"), assignment)

    def set_profile(self, user_id: str, **permissions: bool) -> None:
        """Give permissions of USER_PERMISSIONS to a user's profile, or take them."""
        for row in self.store.find("PermissionSetAssignment", "AssigneeId", user_id):
            found = self.store.get("PermissionSet", row["PermissionSetId"])
            if found.get("IsOwnedByProfile"):
                named = {f"Permissions{name}": on for name, on in permissions.items()}
                with self.store.transaction():
                    self.store.put("PermissionSet", {**found, **named})

    def seen(self, name: str, tooling: bool = False) -> SObject | None:
        """The object as the acting user sees it in the data or the Tooling API; None
        for one that is not there, or not for this user."""
        sobject = self.schema.get(name)
        if sobject is None or sobject.tooling != tooling:
            return None
        return seen(self, sobject)

    def _changed(self, name: str, before, after) -> None:
        for registration in self.registrations.matching(name, before, after):
            self.sender.queue(registration, after["Id"])
        capture.changed(self, name, before, after)


def user_values(username: str) -> dict:
    return {
        "Username": username,
        "FirstName": "Integration",
        "LastName": "User",
        "Name": "Integration User",
        "Email": username,
        "IsActive": True,
        "UserType": "Standard",
    }
