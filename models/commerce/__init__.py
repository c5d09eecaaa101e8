# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import product
from . import price
from . import coupon
from . import subscription
from . import subscription_item
from . import subscription_discount
from . import crm_contract
from . import sale_order
from . import sale_order_billing
from . import sale_order_line
