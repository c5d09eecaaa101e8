# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The database that the pictures are taken of."""

import requests
from machine import database, odoo
from machine.once import say
from machine.settings import ADDON

# What demo data may not be: active, and holding secrets. No scheduled action runs on
# the server that the pictures are taken of, so nobody is called.
FINISH = """
from datetime import datetime, timedelta
both = env.ref('quote_to_cash.connection_salesforce') | env.ref(
    'quote_to_cash.connection_stripe')
both.write({'state': 'active', 'database_uuid': both[0]._current_uuid()})
stripe = env.ref('quote_to_cash.connection_stripe')
stripe._put_secret('api_key', 'rk_test_' + 'x' * 20 + '4Kd2')
stripe._put_secret('signing_secret', 'whsec_' + 'x' * 20 + 'n9Qe')
for number, stream in enumerate(both.stream_ids):
    stream.write({
        'last_run': datetime.now() - timedelta(minutes=3 + number),
        'next_run': datetime.now() + timedelta(minutes=2 + number),
        'last_count': (7 * number) % 5,
    })
env['ir.config_parameter'].set_param('web.base.url', 'https://odoo.example.com')
env['ir.config_parameter'].set_param('web.base.url.freeze', 'True')
"""

# The only provider that a picture needs an answer of.
CONNECT = """
salesforce = env.ref('quote_to_cash.connection_salesforce')
salesforce.write({{
    'api_base': {url!r},
    'salesforce_sign_in': 'web',
    'salesforce_login_url': 'https://demo.sandbox.my.salesforce.com',
    'salesforce_signed_in_as': {user!r},
    'salesforce_signed_in_at': '2026-11-02 08:14:00',
}})
salesforce._put_secret('client_secret', {secret!r})
salesforce._put_secret('refresh_token', {token!r})
"""
APP = {
    "client_id": "demo-consumer-key",
    "client_secret": "x" * 28 + "7Rtz",
    "user": "integration@example.com",
}


def build(name):
    """Create the database ``name`` with demo data and finish it for the camera."""
    say("installing Odoo with demo data, one to two minutes")
    database.drop(name)
    database.create_empty(name)
    modules = f"{database.BASE_MODULES},{ADDON}"
    options = ("--stop-after-init", "--no-http", "--with-demo")
    odoo.checked(odoo.run("-d", name, "-i", modules, *options, log=name))
    odoo.shell(name, FINISH, log=f"{name}-finish")


def connect(name, salesforce_url):
    """Sign the demo connection in at the simulator, whose address is another one each
    time."""
    control = f"{salesforce_url}/_sim"
    token = requests.post(f"{control}/apps", json=APP, timeout=30).json()
    hidden = {"object": "Account", "field": "Q2C_Amount_Due__c"}
    requests.post(f"{control}/close", json=hidden, timeout=30).raise_for_status()
    script = CONNECT.format(
        url=salesforce_url,
        user=APP["user"],
        secret=APP["client_secret"],
        token=token["refresh_token"],
    )
    odoo.shell(name, script, log=f"{name}-connect")
