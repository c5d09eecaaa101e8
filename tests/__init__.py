# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_inbox
from . import test_outbox
from . import test_connection
from . import test_security
from . import test_lanes
