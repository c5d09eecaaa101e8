# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A published parser of SOQL, which judges what the addon asks Salesforce."""

import json
import subprocess
import sys

from machine import node

_SCRIPT = (
    "const {isQueryValid} = require('@jetstreamapp/soql-parser-js');"
    "const queries = JSON.parse(require('fs').readFileSync(0));"
    "console.log(JSON.stringify(queries.map(q => isQueryValid(q))));"
)


def verdicts(queries):
    """Whether each of ``queries`` is valid."""
    done = subprocess.run(
        [node.executable(sys.executable), "-e", _SCRIPT],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        cwd=node.packages(sys.executable),
        check=True,
    )
    return json.loads(done.stdout)


def refused(queries):
    """Those of ``queries`` that are not valid."""
    queries = list(queries)
    judged = zip(queries, verdicts(queries), strict=True)
    return [query for query, valid in judged if not valid]
