# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether this database may touch real money."""

import os

from odoo.tools import config

ENVIRONMENT_VARIABLE = "Q2C_ENVIRONMENT"
CONFIG_OPTION = "q2c_environment"


def is_production(env):
    """True only where the host says so and the database is not a neutralized copy.

    A copied database carries its content along, but not the host's configuration: so
    the word that lets live keys in stands there and nowhere else.
    """
    word = os.environ.get(ENVIRONMENT_VARIABLE) or config.get(CONFIG_OPTION) or "test"
    # sudo: a plain fact about the database
    neutralized = env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
    return word.strip().lower() == "production" and not neutralized
