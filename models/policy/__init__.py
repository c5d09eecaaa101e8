# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import ownership_rule
from . import conflict
from . import work_list
from . import conflict_actions
from . import owned
