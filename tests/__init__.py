# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_inbox
from . import test_outbox
from . import test_connection
from . import test_security
from . import test_lanes
from . import test_apply_subscription
from . import test_apply_invoice
from . import test_apply_payment
from . import test_face
from . import test_tours
from . import test_apply_catalogue
from . import test_apply_customer
from . import test_apply_deal
