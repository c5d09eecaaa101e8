# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A published parser of SOQL, which judges what the addon asks Salesforce."""

import json
import subprocess
import sys

import pytest
from machine import node, settings
from machine.command import call
from machine.once import built_once

PARSER = "@jetstreamapp/soql-parser-js@6.3.1"
_SCRIPT = (
    "const {isQueryValid} = require('@jetstreamapp/soql-parser-js');"
    "const queries = JSON.parse(require('fs').readFileSync(0));"
    "console.log(JSON.stringify(queries.map(q => isQueryValid(q))));"
)


def verdicts(queries):
    """Whether each of ``queries`` is valid; skips the test where npm brings nothing."""

    def build(folder):
        options = ["--no-audit", "--no-fund", "--ignore-scripts"]
        call([*node.npm(sys.executable), "install", *options, PARSER], cwd=folder)

    try:
        folder = built_once(settings.cache() / "npm" / "soql-parser-6.3.1", build)
        executable = node.executable(sys.executable)
    except Exception as error:
        pytest.skip(f"node or npm cannot bring {PARSER}: {error}")
    done = subprocess.run(
        [executable, "-e", _SCRIPT],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    return json.loads(done.stdout)


def refused(queries):
    """Those of ``queries`` that are not valid."""
    queries = list(queries)
    judged = zip(queries, verdicts(queries), strict=True)
    return [query for query, valid in judged if not valid]
