# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the refresh token of a connection is kept, for all processes of all hosts."""

from ...canonical import Hold
from ..engine.concurrency import in_own_transaction

SECRET = "refresh_token"


class RefreshToken:
    """The web flow's ``Tokens``. Whatever becomes of the transaction that needs a
    session, a token that Salesforce has replaced is committed at once."""

    def __init__(self, connection):
        self.connection = connection

    def renew(self, refresh):
        """See :class:`web_flow.Tokens`.

        :raises Hold: ``signed_out``; refused for another reason
        :raises Retry: not reachable
        """
        used = []

        def work(env):
            secret = env["q2c.secret"]._lock(self.connection, SECRET)
            if not secret:
                raise signed_out(self.connection)
            used.append(secret._text())
            grant = refresh(used[-1])
            if grant.refresh_token:
                secret._replace(grant.refresh_token)
            return grant.session

        try:
            return in_own_transaction(self.connection.env, work)
        except Hold as failure:
            if failure.code == "signed_out" and used:
                self._give_up(used[-1], failure)
            raise

    def _give_up(self, text, failure):
        """Salesforce does not know the token ``text`` any more: neither do we, so that
        nobody asks with it again; and somebody is told, once."""

        def work(env):
            secret = env["q2c.secret"]._lock(self.connection, SECRET)
            # Somebody may have signed in meanwhile.
            if secret and secret._text() == text:
                secret.unlink()
                self.connection.with_env(env)._tell_shut_out(failure)

        in_own_transaction(self.connection.env, work)

    def take(self):
        """Forget the token.

        :return: what it was, empty where there was none
        """

        def work(env):
            secret = env["q2c.secret"]._lock(self.connection, SECRET)
            text = secret._text() if secret else ""
            secret.unlink()
            return text

        return in_own_transaction(self.connection.env, work)


def signed_out(connection):
    """What everybody hears who needs a session: it waits until somebody signs in."""
    return Hold(
        "signed_out",
        connection.env._(
            "The connection %s is signed out of Salesforce.", connection.name
        ),
        connection.env._("Press Sign In with Salesforce on the connection."),
    )
