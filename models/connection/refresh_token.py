# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the refresh token of a connection is kept, for all processes of all hosts."""

from datetime import timedelta

from ...canonical import Hold, Retry, explain
from ..engine.concurrency import in_own_transaction

SECRET = "refresh_token"
EXCEPTION_KEY = "sign_in"
# Until somebody signs in, which wakes what waits, there is nothing to look for.
PATIENCE = timedelta(hours=1)


class RefreshToken:
    """The web flow's ``Tokens``. Whatever becomes of the transaction that needs a
    session, a token that Salesforce has replaced is committed at once."""

    def __init__(self, connection):
        self.connection = connection

    def renew(self, refresh):
        """See :class:`web_flow.Tokens`.

        :raises Retry: ``signed_out``; not reachable
        :raises Hold: refused for another reason
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
            if failure.code != "signed_out":
                raise
            self._give_up(used[-1], failure)
            raise signed_out(self.connection, failure) from failure

    def _give_up(self, text, failure):
        """Salesforce does not know the token ``text`` any more: neither do we, so that
        nobody asks with it again; and somebody is told, once."""

        def work(env):
            secret = env["q2c.secret"]._lock(self.connection, SECRET)
            # Somebody may have signed in meanwhile.
            if not secret or secret._text() != text:
                return
            secret.unlink()
            env["q2c.exception"]._report(
                self.connection.with_env(env),
                failure.code,
                env._(
                    "The connection %(name)s is signed out: nothing is read or sent. "
                    "%(message)s",
                    name=self.connection.name,
                    message=failure.message,
                ),
                failure.remedy,
                key=EXCEPTION_KEY,
                severity="critical",
            )

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


def signed_out(connection, failure=None):
    """What everybody hears who needs a session: it waits until somebody signs in.

    :param failure: how Salesforce said it, where it did
    """
    failure = failure or Hold(
        "signed_out",
        connection.env._(
            "The connection %s is signed out of Salesforce.", connection.name
        ),
        connection.env._("Press Sign In with Salesforce on the connection."),
    )
    return Retry("signed_out", explain(failure), after=PATIENCE)
