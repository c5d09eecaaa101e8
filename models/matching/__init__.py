# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import match_key
from . import connection
from . import match
from . import match_decision
from . import match_proposed
from . import match_reserve
from . import match_accept
from . import match_merge
from . import match_comparison
from . import exception
from . import partner_merge
from . import res_partner
