# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import pricelist
from . import price
from . import price_entry
from . import product
from . import take
from . import connection
from . import publish
from . import pricelist_item
from . import check
from . import check_actions
