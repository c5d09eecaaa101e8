# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import policy_part
from . import target_field
from . import policy
from . import policy_states
from . import policy_content
from . import policy_mapping
from . import policy_preview
from . import ownership_matrix
from . import policy_file
from . import processor
from . import ownership_rule
from . import routing_rule
from . import routing_content
from . import conflict
from . import conflict_actions
from . import work_list
from . import owned
