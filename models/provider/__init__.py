# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import provider
from . import provider_stripe
from . import provider_salesforce
from . import provider_salesforce_fields
from . import provider_salesforce_load
from . import provider_salesforce_ear
from . import provider_salesforce_leads
from . import provider_salesforce_set_up
