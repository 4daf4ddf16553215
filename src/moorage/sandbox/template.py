"""The Odoo database that all others are copied from: made once, then cloned in a second or two."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path

from moorage.errors import StoppedError
from moorage.sandbox import odoo
from moorage.sandbox.odoo import OdooHome
from moorage.sandbox.places import check_free_disk, write_private

_log = logging.getLogger(__name__)

TEMPLATE = "template_19"
MODULES = ("crm", "sale_management", "project", "stock", "hr", "account", "calendar")
_DRAFT = "template_19_draft"
_KEY_MARK = "api-key:"
_RECIPE = """
import datetime
admin = env.ref('base.user_admin')
company = env.ref('base.main_company')
company.country_id = env.ref('base.us')
company.currency_id = env.ref('base.USD')
env['res.lang']._activate_lang('en_US')
(admin | env.ref('base.user_root')).write({'lang': 'en_US', 'tz': 'UTC'})
company.partner_id.write({'lang': 'en_US', 'tz': 'UTC'})
if company.chart_template != 'generic_coa':
    env['account.chart.template'].try_loading('generic_coa', company, install_demo=False)
expiry = datetime.datetime.now() + datetime.timedelta(days=3650)
key = env['res.users.apikeys'].with_user(admin)._generate('rpc', 'Moorage sandbox', expiry)
env.cr.commit()
print('api-key:' + key)
"""


def ensure(home: OdooHome) -> None:
    """Make the template if it is missing, or was made by another Odoo or another recipe."""
    stamp_path = home.places.home / "odoo" / f"{TEMPLATE}.json"
    stamp = _stamp(home)
    if _matches(stamp_path, stamp) and TEMPLATE in home.postgres.databases():
        return
    check_free_disk(home.places.home)
    stamp_path.unlink(missing_ok=True)
    odoo.drop(home, TEMPLATE)
    saved = _saved(home, stamp)
    if not _restore(home, saved):
        _make(home)
        _save(home, saved)
    home.postgres.rename_database(_DRAFT, TEMPLATE)
    if home.filestore(_DRAFT).exists():
        home.filestore(_DRAFT).rename(home.filestore(TEMPLATE))
    home.folder(_DRAFT).rename(home.folder(TEMPLATE))
    stamp_path.write_text(json.dumps(stamp), encoding="utf-8")


def _make(home: OdooHome) -> None:
    """Install the modules into the draft database and follow the recipe; a minute or two."""
    _log.info("installing Odoo's modules into a template, once (a minute or two)")
    odoo.drop(home, _DRAFT)
    home.postgres.create_database(_DRAFT)
    modules = ",".join(MODULES)
    arguments = ("-i", modules, "--without-demo=1", "--stop-after-init", "--no-http")
    odoo.run(home, _DRAFT, *arguments, "--log-level=warn")
    printed = odoo.shell(home, _DRAFT, _RECIPE)
    write_private(home.folder(_DRAFT) / "api_key", printed.rsplit(_KEY_MARK, 1)[1].strip())


def _save(home: OdooHome, saved: Path) -> None:
    """Keep the draft in the cache, where the next sandbox finds it; no loss if that fails."""
    draft = saved.with_name(f"{saved.name}.{os.getpid()}")
    try:
        draft.mkdir(mode=0o700)
        home.postgres.run_program("pg_dump", "-Fc", "-f", str(draft / "database.dump"), _DRAFT)
        if home.filestore(_DRAFT).exists():
            shutil.copytree(home.filestore(_DRAFT), draft / "filestore")
        shutil.copy2(home.folder(_DRAFT) / "api_key", draft / "api_key")
        draft.rename(saved)
    except (OSError, StoppedError) as problem:
        _log.info("the template was not kept in the cache: %s", problem)
        shutil.rmtree(draft, ignore_errors=True)


def _restore(home: OdooHome, saved: Path) -> bool:
    """Make the draft from what an earlier sandbox saved, in seconds; False if that cannot be."""
    if not saved.is_dir():
        return False
    odoo.drop(home, _DRAFT)
    home.postgres.create_database(_DRAFT)
    arguments = ("--no-owner", "-j2", "-d", _DRAFT, str(saved / "database.dump"))
    try:
        home.postgres.run_program("pg_restore", *arguments)
        if (saved / "filestore").exists():
            shutil.copytree(saved / "filestore", home.filestore(_DRAFT))
        key = (saved / "api_key").read_text(encoding="utf-8")
    except (OSError, StoppedError) as problem:
        # A newer PostgreSQL may have written it, for one.
        _log.info("the saved template is of no use: %s", problem)
        shutil.rmtree(saved, ignore_errors=True)
        return False
    write_private(home.folder(_DRAFT) / "api_key", key)
    return True


def clone(home: OdooHome, database: str) -> None:
    """Copy the template to a new database, its files and API key with it."""
    odoo.copy(home, TEMPLATE, database)


def is_ready(home_folder: Path) -> bool:
    """Whether a finished template is noted in a sandbox's folder."""
    return (home_folder / "odoo" / f"{TEMPLATE}.json").exists()


def _stamp(home: OdooHome) -> dict[str, str]:
    return {"odoo": home.programs.version, "modules": ",".join(MODULES), "recipe": _RECIPE}


def _saved(home: OdooHome, stamp: dict[str, str]) -> Path:
    digest = hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:10]
    return home.places.cache / f"odoo-19-template-{digest}"


def _matches(stamp_path: Path, stamp: dict[str, str]) -> bool:
    try:
        return bool(json.loads(stamp_path.read_text(encoding="utf-8")) == stamp)
    except (OSError, ValueError):
        return False
