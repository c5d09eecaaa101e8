# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Import the layers that know no Odoo under the addon's name, without the addon's own
``__init__``, which would import Odoo."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

package = types.ModuleType("quote_to_cash")
package.__path__ = [str(ROOT)]
sys.modules["quote_to_cash"] = package
# Its __init__ is for Odoo's test runner, whose tests only Odoo can import.
tests = types.ModuleType("tests")
tests.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = tests
