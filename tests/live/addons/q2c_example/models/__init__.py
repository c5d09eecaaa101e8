# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import connection
from . import provider_example
from . import res_partner
