# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases, most of them copied from a template in a second or two."""

import hashlib
import os
import shutil
import uuid

import psycopg2
from psycopg2 import sql

from . import bootstrap, odoo, settings
from .once import exclusive, say
from .settings import ADDON, CHECKOUT

ADDON_TEMPLATE = "q2c_addon_"
ADDON_TEMPLATES_KEPT = 16
BASE_MODULES = "base,web,mail,account,sale_management,crm"
# What cannot change what the addon installs.
NOT_INSTALLED = {
    "dev",
    "bench",
    "docs",
    "tests",
    "readme",
    "node_modules",
    "build",
    "dist",
}
INSTALLED_SUFFIXES = {".py", ".xml", ".csv", ".sql", ".js", ".scss", ".po", ".svg"}

# Which chart of accounts Odoo loads by itself depends on the company's country, and
# a company without one gets it only when account is the module being installed.
CHART = """
company = env.ref('base.main_company')
if not company.chart_template:
    env['account.chart.template'].try_loading('generic_coa', company)
for kind in ('sale', 'purchase', 'bank', 'general'):
    assert env['account.journal'].search([('type', '=', kind)]), kind
for use in ('sale', 'purchase'):
    assert env['account.tax'].search([('type_tax_use', '=', use)]), use
assert company.account_sale_tax_id and company.account_purchase_tax_id
"""


def _execute(statement, parameters=(), database="postgres"):
    connection = psycopg2.connect(**bootstrap.prepare().postgres.libpq(database))
    # CREATE DATABASE cannot run inside a transaction.
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _named(statement, *names):
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def _filestore(name):
    return odoo.data_folder() / "filestore" / name


def exists(name):
    """Whether there is a database of this name."""
    found = _execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return bool(found)


def names(prefix=""):
    """Databases whose name starts with ``prefix``."""
    rows = _execute("SELECT datname FROM pg_database ORDER BY 1")
    return [name for (name,) in rows if name.startswith(prefix)]


def unique(prefix="q2c_test"):
    """A name that no other run uses."""
    return f"{prefix}_{os.getpid()}_{uuid.uuid4().hex[:6]}"


def create(name, template=None):
    """Create ``name`` as a copy of ``template``, filestore included, and return it.

    :param template: a database nobody is connected to; ``base_template()`` by default.
    """
    template = template or base_template()
    # Copied as files: with fsync off that beats writing every page to the log.
    statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
    _execute(_named(statement, name, template))
    _copy_filestore(template, name)
    for key in ("database.uuid", "database.secret"):
        update = "UPDATE ir_config_parameter SET value = %s WHERE key = %s"
        _execute(update, [str(uuid.uuid4()), key], database=name)
    return name


def create_empty(name):
    """Create ``name`` for Odoo to install itself into, and return it."""
    # Not left to Odoo: it would log an error for each extension that the server lacks.
    statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
    _execute(_named(statement, name))
    return name


def drop(name):
    """Drop ``name`` and its filestore, cutting off whoever is connected."""
    # WITH (FORCE) would fail on an autovacuum worker, which our role may not end. The
    # plain command ends it by itself.
    _execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = current_user",
        [name],
    )
    _execute(_named("DROP DATABASE IF EXISTS {}", name))
    shutil.rmtree(_filestore(name), ignore_errors=True)


def _link_or_copy(source, target):
    # Odoo names stored files by their content and never changes them in place.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy_filestore(template, name):
    shutil.rmtree(_filestore(name), ignore_errors=True)
    if _filestore(template).exists():
        shutil.copytree(
            _filestore(template), _filestore(name), copy_function=_link_or_copy
        )


def _template(name, build):
    """Return template ``name``, having called ``build(draft name)`` the first time."""
    if exists(name):
        return name
    with exclusive(name, settings.cache()):
        if exists(name):
            return name
        draft = f"{name}_draft"
        drop(draft)
        build(draft)
        shutil.rmtree(_filestore(name), ignore_errors=True)
        if _filestore(draft).exists():
            _filestore(draft).rename(_filestore(name))
        # The rename comes last: a template of this name is complete.
        _execute(_named("ALTER DATABASE {} RENAME TO {}", draft, name))
        _execute(_named("ALTER DATABASE {} ALLOW_CONNECTIONS false", name))
    return name


def base_template():
    """Template with Odoo and the modules that the addon depends on, without demo data.

    The main company has the generic chart of accounts. Built once for each Odoo.
    """
    version = bootstrap.prepare().odoo.version
    parts = (version, BASE_MODULES, CHART)
    key = hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]
    return _template(f"q2c_base_{key}", _build_base)


def _build_base(name):
    say("installing Odoo into the base template, one to two minutes")
    create_empty(name)
    arguments = ("-d", name, "-i", BASE_MODULES, "--stop-after-init", "--no-http")
    # Demo data would hide what the addon's own data must bring along.
    odoo.checked(odoo.run(*arguments, "--without-demo", log=name))
    odoo.shell(name, CHART, log=f"{name}-chart")


def addon_template():
    """Template with the addon installed, keyed by the addon's files."""
    key = hashlib.sha256(f"{base_template()}|{addon_hash()}".encode()).hexdigest()[:10]
    return _template(f"{ADDON_TEMPLATE}{key}", _build_addon)


def _build_addon(name):
    say(f"installing {ADDON} into a template")
    create(name)
    arguments = ("-d", name, "-i", ADDON, "--stop-after-init", "--no-http")
    odoo.checked(odoo.run(*arguments, log=name))
    _drop_old_addon_templates()


def _drop_old_addon_templates():
    """Each change of the addon leaves a template behind. The newest ones stay: other
    checkouts share this server."""
    rows = _execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid",
        [ADDON_TEMPLATE],
    )
    for (name,) in rows[:-ADDON_TEMPLATES_KEPT]:
        drop(name)


def _addon_files():
    for path in sorted(CHECKOUT.rglob("*")):
        inside = path.relative_to(CHECKOUT)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or inside.parts[0] in NOT_INSTALLED or not path.is_file():
            continue
        if path.suffix in INSTALLED_SUFFIXES:
            yield path


def addon_hash():
    """Key of what installing the addon depends on."""
    digest = hashlib.sha256()
    for path in _addon_files():
        digest.update(str(path.relative_to(CHECKOUT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
