# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import synced
from . import res_partner
from . import product_product
from . import product_template
from . import crm_lead
from . import contact_role
from . import account_move
from . import account_move_period
from . import account_move_line
from . import account_partial_reconcile
from . import account_payment
from . import account_tax
from . import status
