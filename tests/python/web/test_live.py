"""The page follows its database: over a socket, and in a browser."""

from __future__ import annotations

import time
from contextlib import contextmanager

import httpx2 as httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from served_page import S1, TOKEN, propose, serving


@contextmanager
def refusing(dsn, server_dsn):
    """The database is gone: everybody is thrown out and nobody let in."""
    known = conninfo_to_dict(dsn)["dbname"]
    name = sql.Identifier(known)
    with psycopg.connect(server_dsn, autocommit=True) as server:
        server.execute(sql.SQL("alter database {} allow_connections false").format(name))
        server.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
            (known,),
        )
        try:
            yield
        finally:
            server.execute(sql.SQL("alter database {} allow_connections true").format(name))


def set_halo(dsn, value, bucket="micro"):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "select learning.set_override(%s, jsonb_build_object('bucket', %s::text),"
            " jsonb_build_object('halo', %s::float), 'anna')",
            (S1, bucket, value),
        )


def test_news_comes_within_two_seconds_and_outlives_the_database(database, server_dsn):
    with serving(database) as address, httpx.Client(base_url=address, timeout=10) as client:
        while "follows the database" not in client.get("/").text:
            time.sleep(0.05)
        with client.stream("GET", "/events") as events:
            lines = (line for line in events.iter_lines() if line.startswith("data:"))
            first = next(lines)
            begun = time.monotonic()
            set_halo(database, 1.15)
            assert next(lines) != first
            assert "set by hand by anna" in client.get("/").text
            assert time.monotonic() - begun < 2
            with refusing(database, server_dsn):
                while not next(lines).endswith(":lost"):
                    pass
                stale = client.get("/").text
                assert "The database cannot be asked; this is what was read at" in stale
                assert "set by hand by anna" in stale
                assert stale.rstrip().endswith("</html>")
                asked = {"scope": "bucket=micro", "pattern": S1}
                assert client.get("/playground", params=asked).status_code == 422
            while next(lines).endswith(":lost"):
                pass
            assert "follows the database" in client.get("/").text


def test_a_browser_follows_and_decides(browser, database, server_dsn):
    with psycopg.connect(database, autocommit=True) as connection:
        proposed = propose(connection)
    with serving(database, allow_changes=True, token=TOKEN) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(5000)
        errors: list[str] = []
        page.on("console", lambda m: errors.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: errors.append(f"error: {e}"))
        page.goto(address)
        page.wait_for_function("document.documentElement.dataset.drawn")
        page.click("#changes thead th:first-child button")
        begun = time.monotonic()
        set_halo(database, 1.15)
        page.locator("#changes", has_text="set by hand by anna").wait_for()
        assert time.monotonic() - begun < 2
        assert page.locator("#changes th[aria-sort=descending]").count() == 1, "the order is kept"

        for choice in page.locator("#pick option").all():
            page.select_option("#pick", choice.get_attribute("value"))
            assert page.locator("h1").is_visible(), "only the stories of the others are hidden"

        with refusing(database, server_dsn):
            page.locator("#live.warn", has_text="cannot be asked").wait_for()
            assert page.locator("#changes tbody tr").count() == 2
        page.locator("#live:not(.warn)").wait_for()

        page.click(f'button[data-what="approve"][data-id="{proposed}"]')
        assert page.locator("#by-name:invalid").count() == 1, "nothing is sent without a name"
        page.fill("#by-name", "bert")
        page.fill("#token", "not the token")
        page.click(f'button[data-what="approve"][data-id="{proposed}"]')
        page.locator("#said.warn", has_text="not the token").wait_for()
        errors[:] = [e for e in errors if "403" not in e and "ERR_" not in e]
        page.fill("#token", TOKEN)
        page.click(f'button[data-what="approve"][data-id="{proposed}"]')
        page.locator("#said", has_text=f"Solution {proposed} is in force, by bert.").wait_for()
        row = page.locator(f'#changes tr[data-id="{proposed}"]')
        row.get_by_text("in force", exact=True).wait_for()
        assert errors == []
        context.close()
    with psycopg.connect(database) as connection:
        found = connection.execute("select status, approved_by from learning.solutions").fetchall()
    assert found == [("active", "bert")]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_live_page_is_for_everybody(browser, shared, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with serving(shared, allow_changes=True, token=TOKEN) as address:
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        for path in ("/", f"/playground?scope=bucket%3Dmicro&pattern={S1}&a=0.5&e=0.5"):
            page.goto(address + path)
            if path == "/":
                page.wait_for_function("document.documentElement.dataset.drawn")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(100)
                found = axe.run(page).response["violations"]
                told = [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]
                assert told == [], (path, scheme)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        context.close()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--token", "short"], 2, "shorter than 16"),
        (["--bars", "none/such"], 2, "is no folder"),
        (["--host", "203.0.113.7", "--port", "0"], 1, "QD214"),
        (["--host", "no.such.host.invalid"], 1, "QD214"),
    ],
)
def test_what_cannot_be_served_is_said(run_command, database, arguments, code, said):
    done = run_command("web", *arguments, QUADRANT_DSN=database)
    assert done.returncode == code
    assert said in done.stderr
