"""The real thing: a served Odoo, its key, its database, its processes."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
import urllib3

from moorage.sandbox import OdooServer, Sandbox, odoo_shell
from moorage.sandbox import sandbox as sandbox_module

pytestmark = pytest.mark.odoo


def call(server: OdooServer, model: str, method: str, **arguments: object) -> object:
    answer = urllib3.request(
        "POST",
        f"{server.url}/json/2/{model}/{method}",
        json=arguments,
        headers={"Authorization": f"bearer {server.api_key}"},
    )
    assert answer.status == 200, answer.data
    return answer.json()


def test_the_key_opens_a_fresh_database(module_odoo: OdooServer) -> None:
    [admin] = call(  # type: ignore[misc]
        module_odoo,
        "res.users",
        "search_read",
        domain=[["login", "=", "admin"]],
        fields=["lang", "tz"],
    )
    assert (admin["lang"], admin["tz"]) == ("en_US", "UTC")
    fields = ["currency_id", "chart_template"]
    [company] = call(module_odoo, "res.company", "search_read", fields=fields)  # type: ignore[misc]
    assert (company["currency_id"][1], company["chart_template"]) == ("USD", "generic_coa")


def test_rows_are_counted_exactly(module_odoo: OdooServer) -> None:
    before = module_odoo.row_counts()
    values = [{"name": f"Company {number}"} for number in range(3)]
    call(module_odoo, "res.partner", "create", vals_list=values)
    after = module_odoo.row_counts()
    assert after["res_partner"] == before["res_partner"] + 3
    assert module_odoo.psql("SELECT count(*) FROM res_partner") == [(after["res_partner"],)]


def test_python_runs_inside_odoo(module_odoo: OdooServer) -> None:
    assert odoo_shell(module_odoo, "print(env.cr.dbname)") == f"{module_odoo.database}\n"


def test_a_killed_worker_is_replaced(module_odoo: OdooServer) -> None:
    workers = module_odoo.worker_pids()
    assert len(workers) >= 2
    os.kill(workers[0], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        now = module_odoo.worker_pids()
        if workers[0] not in now and len(now) == len(workers):
            break
        time.sleep(0.2)
    else:
        pytest.fail("Odoo did not replace the worker")
    assert call(module_odoo, "res.users", "search_count", domain=[])


def test_a_crashed_server_comes_back_at_the_same_address(
    sandbox: Sandbox, odoo: OdooServer
) -> None:
    call(odoo, "res.partner", "create", vals_list=[{"name": "Kept"}])
    os.kill(odoo.pid, signal.SIGKILL)
    again = sandbox.odoo(odoo.database)
    assert (again.url, again.api_key) == (odoo.url, odoo.api_key)
    assert again.pid != odoo.pid
    assert call(again, "res.partner", "search_count", domain=[["name", "=", "Kept"]]) == 1
    again.restart()
    assert call(again, "res.partner", "search_count", domain=[["name", "=", "Kept"]]) == 1


def test_clones_share_nothing_but_their_origin(
    module_odoo: OdooServer, odoo: OdooServer, sandbox: Sandbox
) -> None:
    call(odoo, "res.partner", "create", vals_list=[{"name": "Only here"}])
    domain = [["name", "=", "Only here"]]
    assert call(odoo, "res.partner", "search_count", domain=domain) == 1
    assert call(module_odoo, "res.partner", "search_count", domain=domain) == 0
    data = {"name": "a.txt", "raw": "only here"}
    call(odoo, "ir.attachment", "create", vals_list=[data])
    served = {server.name for server in sandbox.status().odoo if server.is_running}
    assert {module_odoo.database, odoo.database} <= served


def test_secrets_are_private(sandbox: Sandbox, module_odoo: OdooServer) -> None:
    folder = sandbox.home / "odoo" / "databases" / module_odoo.database
    for path in (folder / "api_key", folder / "odoo.conf", sandbox.home / "postgres" / "password"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert module_odoo.api_key not in repr(module_odoo)


def test_reset_gives_a_fresh_database_at_the_same_address(
    sandbox: Sandbox, odoo: OdooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not the real name: a developer's own sandbox is not the tests' to throw away.
    monkeypatch.setattr(sandbox_module, "DATABASE", odoo.database)
    call(odoo, "res.partner", "create", vals_list=[{"name": "Gone"}])
    begun = time.monotonic()
    again = sandbox.reset()
    assert time.monotonic() - begun < 60
    assert again.url == odoo.url
    assert call(again, "res.partner", "search_count", domain=[["name", "=", "Gone"]]) == 0


@pytest.mark.soak
def test_what_was_committed_survives_a_crash_of_the_database_server(
    own_sandbox: Sandbox,
) -> None:
    server = own_sandbox.up()
    call(server, "res.partner", "create", vals_list=[{"name": "Kept"}])
    port = own_sandbox.postgres().port
    own_sandbox.postgres().restart("immediate")
    assert own_sandbox.postgres().port == port
    domain = [["name", "=", "Kept"]]
    # Odoo itself ends when it looks for its database during the recovery: `up` brings it back.
    deadline = time.monotonic() + 60
    while not is_answering(server) and time.monotonic() < deadline:
        time.sleep(0.2)
        assert own_sandbox.up().url == server.url
    assert call(server, "res.partner", "search_count", domain=domain) == 1


def test_down_leaves_nothing_behind(own_sandbox: Sandbox) -> None:
    server = own_sandbox.up()
    own_sandbox.mariadb("Europe/Berlin")
    begun = {server.pid, *server.worker_pids()}
    assert own_sandbox.status().is_running
    own_sandbox.down()
    assert not own_sandbox.status().is_running
    assert [pid for pid in begun if is_running(pid)] == []
    assert processes_below(own_sandbox.home) == []


def is_answering(server: OdooServer) -> bool:
    try:
        call(server, "res.users", "search_count", domain=[])
    except (urllib3.exceptions.HTTPError, AssertionError):
        return False
    return True


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def processes_below(home: Path) -> list[list[str]]:
    """The command lines that mention a folder."""
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if str(home) in " ".join(line)]


def test_mail_goes_to_the_port_asked_for(sandbox: Sandbox, odoo: OdooServer) -> None:
    again = sandbox.odoo(odoo.database, smtp_port=2525)
    assert again.pid != odoo.pid
    assert sandbox.odoo(odoo.database, smtp_port=2525).pid == again.pid
    again.restart()
    settings = sandbox.home / "odoo" / "databases" / odoo.database / "odoo.conf"
    assert "smtp_port = 2525" in settings.read_text(encoding="utf-8")
