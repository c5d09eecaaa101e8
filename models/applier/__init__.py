# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import applier
from . import tax_rate
from . import coupon
from . import product
from . import price
from . import party
from . import customer
from . import contact
from . import opportunity
from . import order
from . import subscription
from . import booked
from . import invoice
from . import balance_transaction
from . import payment
from . import credit_note
from . import refund
