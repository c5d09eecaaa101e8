# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import connection
from . import health
from . import credentials
from . import schedule
from . import breaker
from . import overview
from . import stream
from . import secret
from . import status_field
from . import billing
from . import payouts
from . import losses
from . import posting
from . import connection_stripe
from . import connection_salesforce
