"""The page in a browser: offline, at both widths and themes, for everybody, nothing injected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HOSTILE = {
    "curator": '</script><script>document.title="owned"</script>',
    "intent": "\u202egnihton \"quoted\" 'twice' & <b>bold</b>",
    "bucket": "x" * 200,
}


class Looked:
    """A page that is open, and what went wrong while it was."""

    def __init__(self, browser: Any, file: Path, width: int, scheme: str, **options: Any) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        self.page = context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda e: self.errors.append(f"error: {e}"))
        self.page.on(
            "request",
            lambda r: None if r.url == file.as_uri() else self.errors.append(f"asked: {r.url}"),
        )
        self.page.goto(file.as_uri())

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def violations(self) -> list[str]:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        found = axe.run(self.page).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]


@pytest.fixture(scope="module")
def file(learned_dsn, page_of, bars_folder, tmp_path_factory) -> Path:
    import psycopg

    with psycopg.connect(learned_dsn, autocommit=True) as connection:
        page = page_of(connection, bars_folder)
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page)
    return file


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_opens_offline(browser, file, width, scheme):
    seen = Looked(browser, file, width, scheme)
    page = seen.page
    page.wait_for_function("document.documentElement.dataset.drawn")
    assert page.locator("#candles canvas").count() > 0
    for picture in ("dots", "map", "grid", "path", "sides", "runs"):
        assert page.locator(f"#{picture} svg").count() > 0, picture
    assert page.locator("#dots circle").count() == int(
        page.locator("#dots").get_attribute("data-rows")
    )
    assert not seen.scrolls_sideways()
    assert seen.violations() == []
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    page.wait_for_timeout(100)
    assert seen.violations() == []
    assert seen.errors == []


def test_lessons_filter_sort_and_download(browser, file):
    seen = Looked(browser, file, 1280, "light")
    page = seen.page
    shown = page.locator("#lesson-table tbody tr:visible")
    everything = shown.count()
    page.fill("#filter", "micro")
    assert 0 < shown.count() < everything
    assert page.locator("#count").inner_text() == f"{shown.count()} of {everything}"
    page.click("#lesson-table thead th:nth-child(2) button")
    counts = [int(t.replace(",", "")) for t in shown.locator("td:nth-child(2)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    with page.expect_download() as download:
        page.click("#csv")
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 1 + shown.count()
    assert all("micro" in line for line in lines[1:])
    page.select_option("#by", "net")
    assert seen.errors == []


def test_everything_can_be_read_without_javascript(browser, file):
    seen = Looked(browser, file, 390, "light", java_script_enabled=False)
    page = seen.page
    assert page.locator("h1").inner_text().startswith("1 change of gates is in force")
    stories = page.locator("article.story")
    assert stories.count() == page.locator("#changes tbody tr").count()
    assert all(story.is_visible() for story in stories.all())
    assert page.locator("#lesson-table tbody tr").first.is_visible()
    assert page.locator(".controls:visible").count() == 0
    assert "let in" in page.locator("#dots").inner_text()


def test_hostile_words_are_text_and_the_policy_blocks_scripts(
    browser, connection, page_of, tmp_path
):
    connection.execute(
        "select learning.set_override('pm.uptrend.S1.entry', %s, '{\"halo\": 1.1}', %s)",
        (json.dumps(HOSTILE), '<img src=x onerror=alert(1)> "anna"'),
    )
    connection.execute(
        "with position as (insert into learning.lowcap_positions (token_contract, token_chain,"
        " symbol, timeframe) values ('t', 'c', %s, '1h') returning position_id)"
        " insert into learning.pattern_episode_events (pattern_key, position_id, scope, decision,"
        " blocked_by) select 'pm.uptrend.S1.entry', position_id, %s, 'skipped', '{halo}'"
        " from position",
        (HOSTILE["curator"], json.dumps(HOSTILE)),
    )
    file = tmp_path / "hostile.html"
    file.write_text(page_of(connection))
    seen = Looked(browser, file, 390, "light")
    page = seen.page
    assert page.title().startswith("Quadrant")
    told = page.locator("#changes").inner_text()
    assert all(value in told for value in HOSTILE.values())
    assert '<img src=x onerror=alert(1)> "anna"' in told
    assert page.locator("img").count() == 0
    assert not seen.scrolls_sideways()
    assert seen.errors == []
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.owned = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.owned") is None
    assert any("Content Security Policy" in error for error in seen.errors)


def test_where_nothing_was_found_no_colour_suggests_otherwise(
    browser, market_of_noise, page_of, tmp_path
):
    file = tmp_path / "null.html"
    file.write_text(page_of(market_of_noise))
    seen = Looked(browser, file, 1280, "light")
    page = seen.page
    assert page.locator("h1").inner_text().startswith("Leave the gates alone: nothing here passed")
    assert page.get_by_text("in force", exact=True).count() == 0
    assert page.locator(".pill.act, #dots").count() == 0
    assert page.locator(".story.inforce").count() == 0
    assert seen.errors == []
