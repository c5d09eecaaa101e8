# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import engine
from . import connection
from . import sync
from . import commerce
from . import finance
from . import control
from . import matching
from . import policy
from . import catalogue
from . import exporter
from . import applier
from . import provider
from . import res_config_settings
