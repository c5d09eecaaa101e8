# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import monthly
from . import history_import
from . import history_import_kind
from . import history_import_work
from . import preflight
from . import preflight_line
from . import history_import_total
from . import history_import_hold
from . import history_import_object
from . import history_forecast
from . import policy_comparison
from . import policy_import
from . import test_bench_preview
from . import test_bench
