# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import history_import
from . import history_import_kind
from . import history_import_work
from . import preflight
from . import preflight_line
