# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import balance_transaction
from . import payout
from . import payout_total
from . import category_account
from . import dispute
from . import disputed
