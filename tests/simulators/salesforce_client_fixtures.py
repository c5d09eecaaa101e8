# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client, signed in at the simulator.

A pytest plugin, like ``salesforce_fixtures``.
"""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from quote_to_cash.providers.salesforce.client import Client
from quote_to_cash.providers.salesforce.login import JwtBearer

from tests.simulators.salesforce_client_helpers import SCHEMA
from tests.soql_parser import refused

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
USER = "integration@simulated.example"


@pytest.fixture
def credentials(sim):
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sim.control(
        "apps",
        client_id="client",
        client_secret="secret",
        user=USER,
        certificate=public.decode(),
    )
    private = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return JwtBearer(
        client_id="client",
        username=USER,
        private_key=private.decode(),
        login_url=sim.url,
    )


@pytest.fixture(scope="session")
def asked():
    """What all tests had the client ask, to be judged when they are over."""
    queries = set()
    yield queries
    assert refused(sorted(queries)) == []


@pytest.fixture
def client(sim, credentials, asked):
    client = Client(credentials, schema=SCHEMA)
    yield client
    client.close()
    asked.update(sim.control("queries", "GET")["queries"])
