# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which service is real and which is simulated, after the environment.

=================================== ====================================================
``STRIPE_API_KEY``                  A test key of an account: it is used in place of the
                                    simulator. A live key is refused.
``Q2C_SALESFORCE_LOGIN_URL``        My Domain of an organisation: it is used in place of
                                    the simulator, with the settings below.
``Q2C_SALESFORCE_CLIENT_ID``        Consumer key of the External Client App.
``Q2C_SALESFORCE_USERNAME``         Integration user, for the JWT bearer flow, with
``Q2C_SALESFORCE_PRIVATE_KEY_FILE`` the file of the app's private key (PEM); or
``Q2C_SALESFORCE_CLIENT_SECRET``    the consumer secret, for client credentials.
=================================== ====================================================
"""

import os
from pathlib import Path

from .salesforce_org import Credentials, Org, SimulatedOrg
from .stripe_account import Account, SimulatedAccount
from .waiting import StoryError, check

STRIPE_KEY = "STRIPE_API_KEY"
PREFIX = "Q2C_SALESFORCE_"


def simulated_names():
    """Names of the simulators that are needed."""
    names = []
    if not os.environ.get(STRIPE_KEY):
        names.append("stripe_sim")
    if not _setting("LOGIN_URL"):
        names.append("salesforce_sim")
    return names


def stripe_account(simulators):
    """The ``Account`` to use."""
    key = os.environ.get(STRIPE_KEY)
    return Account(key) if key else SimulatedAccount(simulators.url("stripe_sim"))


def salesforce_org(simulators):
    """The ``Org`` to use, signed in."""
    if not _setting("LOGIN_URL"):
        return SimulatedOrg(simulators.url("salesforce_sim"))
    return Org(_credentials())


def _credentials():
    key_file, secret = _setting("PRIVATE_KEY_FILE"), _setting("CLIENT_SECRET")
    check(_setting("CLIENT_ID"), f"{PREFIX}CLIENT_ID is not set")
    check(key_file or secret, f"set {PREFIX}PRIVATE_KEY_FILE or {PREFIX}CLIENT_SECRET")
    return Credentials(
        login_url=_setting("LOGIN_URL").rstrip("/"),
        client_id=_setting("CLIENT_ID"),
        username=_setting("USERNAME"),
        private_key=_content(key_file) if key_file else "",
        client_secret=secret,
    )


def _content(path):
    try:
        return Path(path).expanduser().read_text()
    except OSError as error:
        raise StoryError(f"{PREFIX}PRIVATE_KEY_FILE: {error}") from error


def _setting(name):
    return os.environ.get(PREFIX + name) or ""
