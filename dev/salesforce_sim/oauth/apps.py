# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""External client apps known to the organisation."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .failures import not_admin_approved, not_approved, unknown_client, wrong_secret


@dataclass
class App:
    """``user`` is the username that may use the app, that client credentials run as
    and that sits at the browser. ``certificate`` is PEM: an X.509 certificate or a bare
    public key. ``consent``: whether that person approves. ``scope``: what the app may
    ask for. ``rotate``: Refresh Token Rotation."""

    client_id: str
    client_secret: str = ""
    certificate: str = ""
    user: str = ""
    approved: bool = True
    admin_approved: bool = True
    client_credentials: bool = True
    callback_urls: tuple[str, ...] = ()
    consent: bool = True
    scope: str = "api refresh_token"
    require_pkce: bool = True
    require_secret: bool = True
    rotate: bool = False

    def public_key(self):
        pem = self.certificate.encode()
        if b"BEGIN CERTIFICATE" in pem:
            return x509.load_pem_x509_certificate(pem).public_key()
        return load_pem_public_key(pem)

    def check_user(self, username: str) -> None:
        """Raises OAuthError unless this user may use the app."""
        if not self.approved or username != self.user:
            raise not_approved()
        if not self.admin_approved:
            raise not_admin_approved()


class Apps:
    def __init__(self):
        self._apps = {}

    def register(self, app: App) -> None:
        self._apps[app.client_id] = app

    def get(self, client_id: str) -> App:
        """Raises OAuthError for an unknown client."""
        if client_id not in self._apps:
            raise unknown_client()
        return self._apps[client_id]

    def web_client(self, client_id: str, secret: str) -> App:
        """The app, by its secret where it requires one for the web server flow."""
        app = self.get(client_id)
        if app.require_secret or secret:
            return self.authenticated(client_id, secret)
        return app

    def authenticated(self, client_id: str, secret: str) -> App:
        app = self.get(client_id)
        if not app.client_secret or secret != app.client_secret:
            raise wrong_secret()
        return app
