# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import balance_transaction
from . import payout
from . import payout_settlement
from . import payout_total
from . import clearing_opening
from . import clearing_proof
from . import clearing_line
from . import clearing_prove
from . import category_account
from . import dispute
from . import disputed
from . import dispute_credit
from . import connection
from . import mapping
from . import mapping_field
from . import mapping_suggestion
from . import posting
