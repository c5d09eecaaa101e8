# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The database that the pictures are taken of."""

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


def build(name):
    """Create the database ``name`` with demo data and finish it for the camera."""
    say("installing Odoo with demo data, one to two minutes")
    database.drop(name)
    database.create_empty(name)
    modules = f"{database.BASE_MODULES},{ADDON}"
    options = ("--stop-after-init", "--no-http", "--with-demo")
    odoo.checked(odoo.run("-d", name, "-i", modules, *options, log=name))
    odoo.shell(name, FINISH, log=f"{name}-finish")
