# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import exporter
from . import customer
from . import product
from . import price_list
from . import price
from . import price_entry
from . import coupon
from . import tax_rate
from . import subscription
from . import status
