# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Encryption of secrets at rest, with keys that never enter the database."""

import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.exceptions import UserError
from odoo.tools import config

ENVIRONMENT_VARIABLE = "Q2C_ENCRYPTION_KEYS"
CONFIG_OPTION = "q2c_encryption_keys"


def encrypt(env, text):
    """``text`` (str) as a token (str) under the first configured key.

    :raises UserError: no key, or a malformed one, is configured
    """
    return _cipher(env).encrypt(text.encode()).decode()


def decrypt(env, token):
    """What :func:`encrypt` was given.

    :raises UserError: no key is configured, or none of them fits
    """
    try:
        return _cipher(env).decrypt(token.encode()).decode()
    except InvalidToken:
        raise UserError(
            env._(
                "A stored secret cannot be decrypted with the configured keys. Add the "
                "key that it was encrypted with to %(option)s (or %(variable)s), or "
                "enter the secret again.",
                option=CONFIG_OPTION,
                variable=ENVIRONMENT_VARIABLE,
            )
        ) from None


def rotate(env, token):
    """``token`` encrypted anew under the first configured key.

    :raises UserError: as :func:`decrypt`
    """
    return encrypt(env, decrypt(env, token))


def check(env):
    """Do nothing where secrets can be stored.

    :raises UserError: no key, or a malformed one, is configured
    """
    _cipher(env)


def _cipher(env):
    return MultiFernet([_key(env, text) for text in _configured_keys(env)])


def _configured_keys(env):
    """Keys, newest first. The environment goes before the file: that is where container
    platforms mount secrets."""
    text = os.environ.get(ENVIRONMENT_VARIABLE) or config.get(CONFIG_OPTION) or ""
    keys = [part.strip() for part in text.split(",") if part.strip()]
    if not keys:
        raise UserError(
            env._(
                "No encryption key is configured, so no secret can be stored or read. "
                "Generate one with\n"
                '    python3 -c "from cryptography.fernet import Fernet; '
                'print(Fernet.generate_key().decode())"\n'
                "put it into odoo.conf as %(option)s (or into the environment as "
                "%(variable)s) and restart Odoo.",
                option=CONFIG_OPTION,
                variable=ENVIRONMENT_VARIABLE,
            )
        )
    return keys


def _key(env, text):
    try:
        return Fernet(text)
    except ValueError:
        raise UserError(
            env._(
                "An encryption key in %(option)s (or %(variable)s) is malformed: each "
                "must be 32 bytes in url-safe base64, separated by commas.",
                option=CONFIG_OPTION,
                variable=ENVIRONMENT_VARIABLE,
            )
        ) from None
