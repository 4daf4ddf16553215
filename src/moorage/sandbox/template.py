"""The Odoo database that all others are copied from: made once, then cloned in a second or two."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path

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
    _log.info("installing Odoo's modules into a template, once (a minute or two)")
    stamp_path.unlink(missing_ok=True)
    for name in (_DRAFT, TEMPLATE):
        odoo.drop(home, name)
    home.postgres.create_database(_DRAFT)
    modules = ",".join(MODULES)
    arguments = ("-i", modules, "--without-demo=1", "--stop-after-init", "--no-http")
    odoo.run(home, _DRAFT, *arguments, "--log-level=warn")
    printed = odoo.shell(home, _DRAFT, _RECIPE)
    key = printed.rsplit(_KEY_MARK, 1)[1].strip()
    home.postgres.rename_database(_DRAFT, TEMPLATE)
    if home.filestore(_DRAFT).exists():
        home.filestore(_DRAFT).rename(home.filestore(TEMPLATE))
    write_private(home.folder(TEMPLATE) / "api_key", key)
    shutil.rmtree(home.folder(_DRAFT))
    stamp_path.write_text(json.dumps(stamp), encoding="utf-8")


def clone(home: OdooHome, database: str) -> None:
    """Copy the template to a new database, its files and API key with it."""
    odoo.empty(home, database)
    home.postgres.clone_database(TEMPLATE, database)
    files = home.filestore(TEMPLATE)
    if files.exists():
        # Odoo names its files by content and never changes one, so a second link is a copy.
        shutil.copytree(files, home.filestore(database), copy_function=os.link)
    key = (home.folder(TEMPLATE) / "api_key").read_text(encoding="utf-8")
    write_private(home.folder(database) / "api_key", key)


def is_ready(home_folder: Path) -> bool:
    """Whether a finished template is noted in a sandbox's folder."""
    return (home_folder / "odoo" / f"{TEMPLATE}.json").exists()


def _stamp(home: OdooHome) -> dict[str, str]:
    return {"odoo": home.programs.version, "modules": ",".join(MODULES), "recipe": _RECIPE}


def _matches(stamp_path: Path, stamp: dict[str, str]) -> bool:
    try:
        return bool(json.loads(stamp_path.read_text(encoding="utf-8")) == stamp)
    except (OSError, ValueError):
        return False
