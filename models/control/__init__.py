# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import exception
from . import exception_report
from . import exception_actions
from . import exception_dismiss
from . import holds
from . import unsettled
from . import lock_approval
from . import proof
from . import concerned
