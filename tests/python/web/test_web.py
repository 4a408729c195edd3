"""The page that is served: who may ask, what is answered, what people decide on it."""

from __future__ import annotations

import html
import re

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from served_page import S1, TOKEN, propose

from quadrant.report import charts, read, render
from quadrant.web.changes import Change, decide

CHANGES = {"allow_changes": True, "token": TOKEN}


@pytest.fixture(scope="module")
def page(shared, client_of):
    with client_of(shared) as client:
        yield client


def test_it_is_the_report_with_what_is_live(page, shared):
    answer = page.get("/")
    assert answer.status_code == 200
    with psycopg.connect(shared, autocommit=True) as connection:
        facts = read(connection)
        file = render(facts, charts(facts, None, None))
    told = re.compile(r'<section id="(?!health)\w+".*?</section>', re.DOTALL)
    served = told.findall(answer.text)
    assert served[:-1] == told.findall(file)
    assert 'id="switches"' in served[-1]
    assert "follows the database" in answer.text
    assert "data-what" not in answer.text, "decisions are offered only where they are taken"


def test_only_its_own_scripts_may_run(page):
    answer = page.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http-equiv" not in answer.text, "a policy in the file would block what is served"
    sources = re.findall(r'<script src="([^"]+)"', answer.text)
    assert [s.split("/")[-1].rsplit("-", 1)[0] for s in sources][-2:] == ["live", "report"]
    for source in sources:
        script = page.get(source)
        assert script.headers["content-type"].startswith("text/javascript")
        assert "immutable" in script.headers["cache-control"]
        assert script.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?! src| type=\"application/json\")", answer.text)


@pytest.mark.parametrize("path", ["/nothing", "/assets/..%2Fguard.py", "/assets/report.js"])
def test_what_is_not_there_is_said(page, path):
    answer = page.get(path)
    assert answer.status_code == 404
    assert "no such page" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/changes", "/playground"])
def test_it_is_read_only(page, method, path):
    answer = page.request(method, path, headers={"X-Quadrant-Token": ""})
    assert answer.status_code == 405
    assert "read only" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "10.1.2.3", ""])
def test_it_answers_under_its_own_names_alone(page, host):
    answer = page.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "--name" in answer.text


@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("localhost:8042", True),
        ("127.0.0.1", True),
        ("[::1]:8042", True),
        ("LOCALHOST", True),
        ("192.168.1.7:8042", False),
        ("::1", True),
    ],
)
def test_names(host, is_known):
    from quadrant.web.guard import Rules

    assert Rules().knows(host) is is_known
    assert Rules(any_address=True).knows("192.168.1.7:8042")
    assert not Rules(any_address=True).knows("evil.example")


def test_elsewhere_every_request_needs_the_token(shared, client_of):
    with client_of(shared, closed=True, token=TOKEN) as client:
        for path in ("/", "/events", "/playground", "/assets/x", "/nothing"):
            answer = client.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Basic")
        assert client.get("/", auth=("anna", "wrong")).status_code == 401
        assert client.get("/", headers={"Authorization": "Basic %%%"}).status_code == 401
        assert client.get("/", auth=("anna", TOKEN)).status_code == 200
    with client_of(shared, closed=True, token="") as client:
        assert client.get("/", auth=("anna", "")).status_code == 401, "no token is no key"


def test_the_playground_says_what_holds_and_why(page):
    asked = {"scope": "bucket=micro, timeframe=1h", "pattern": S1, "a": "0.5", "e": "0.5"}
    answer = page.get("/playground", params=asked)
    assert answer.status_code == 200
    rows = {
        name.strip(): html.unescape(re.sub("<[^>]+>", " ", rest))
        for name, rest in re.findall(r'<th scope="row">(\w+) (.*?)</tr>', answer.text, re.DOTALL)
    }
    assert set(rows) == {"ts", "halo", "slope"}
    assert "1.2" in rows["halo"]
    assert "bucket=micro, by hand" in rows["halo"]
    assert "in force" in rows["halo"]
    assert "base: no override holds here" in rows["ts"]
    assert "A: entering, from 0.5" in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"scope": "bucket", "pattern": S1}, "QD004"),
        ({"scope": "a=1", "pattern": "not a key"}, "QD001"),
        ({"scope": "a=1", "pattern": S1, "a": "7"}, "QD046"),
        ({"scope": "a=1", "pattern": S1, "e": "much"}, "QD046"),
        ({"scope": "a=<script>alert(1)</script>,a=2", "pattern": S1}, "QD004"),
        ({"scope": "a=\0", "pattern": S1}, ""),
    ],
)
def test_the_playground_refuses_in_words(page, asked, code):
    answer = page.get("/playground", params=asked)
    assert answer.status_code == 422
    assert code in answer.text
    assert 'role="alert"' in answer.text
    assert "<script" not in answer.text


def test_decisions_are_taken_in_a_persons_name(database, client_of):
    with psycopg.connect(database, autocommit=True) as connection:
        approved, dismissed = propose(connection), propose(connection, "big")
        with client_of(database, **CHANGES) as client:

            def decide(**change):
                return client.post("/changes", json=change, headers={"X-Quadrant-Token": TOKEN})

            offered = client.get("/").text
            assert f'data-what="approve" data-id="{approved}"' in offered
            assert decide(what="approve", id=approved, by="anna").text == (
                f"Solution {approved} is in force, by anna."
            )
            assert decide(what="dismiss", id=dismissed, by="bert").status_code == 200
            assert decide(what="pin", id=approved, by="cleo").status_code == 200
            assert f'data-what="unpin" data-id="{approved}"' in client.get("/").text
            assert decide(what="unpin", id=approved, by="cleo").status_code == 200
            assert decide(what="switch on", name="shadow", by="dora").text == (
                "shadow is on, by dora."
            )
            assert "shadow was on already" in decide(what="switch on", name="shadow", by="d").text
            assert "not its default" in client.get("/").text

            again = decide(what="approve", id=approved, by="anna")
            assert (again.status_code, "QD091" in again.text) == (409, True)
            assert "QD090" in decide(what="approve", id=2**40, by="anna").text
            assert "QD080" in decide(what="switch on", name="shadows", by="anna").text
        states = dict(connection.execute("select id, status from learning.solutions").fetchall())
        assert states == {approved: "active", dismissed: "dismissed"}
        actors = connection.execute("select distinct actor from learning.pm_overrides_history")
        assert {actor for (actor,) in actors} >= {"anna", "bert", "cleo"}
        ((by,),) = connection.execute(
            "select changed_by from analyst.settings_history where setting = 'shadow'"
        ).fetchall()
        assert by == "dora"


@pytest.mark.parametrize("method", ["simulation", "manual", "drift"])
def test_the_page_offers_what_the_database_takes(connection, method):
    proposed = propose(connection)
    if method != "simulation":
        connection.execute("delete from learning.solutions where id = %s", (proposed,))
        connection.execute(
            "update learning.pm_overrides set method = %s, solution_id = 'x', status = 'active'",
            (method,),
        )
    states = [("active", False), ("active", True), ("proposed", False), ("suspended", False)]
    for status, pinned in states if method == "simulation" else states[:2]:
        connection.execute("update learning.pm_overrides set pinned = %s", (pinned,))
        connection.execute(
            "update learning.solutions set status = %s, pinned = %s", (status, pinned)
        )
        ((change, offered),) = connection.execute(
            "select c.id, c.open_to from analyst.changes as c"
        ).fetchall()
        taken = []
        for what in ("approve", "pin", "unpin", "dismiss"):
            if what == ("pin" if pinned else "unpin"):
                continue  # it is that already
            refused = ""
            try:
                with connection.transaction(force_rollback=True):
                    decide(connection, Change(what=what, id=change, by="anna"))
            except psycopg.Error as error:
                refused = error.sqlstate or "?"
            if refused not in {"QD090", "QD091"}:
                taken.append(what + refused)
        assert offered == taken, (status, pinned)


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x"])
def test_without_the_token_nothing_is_decided(shared, client_of, token):
    with client_of(shared, **CHANGES) as client:
        client.cookies.set("token", TOKEN)
        headers = {} if token is None else {"X-Quadrant-Token": token}
        change = {"what": "switch on", "name": "shadow", "by": "anna"}
        answer = client.post("/changes", json=change, headers=headers)
        assert answer.status_code == 403
        assert "nothing was decided" in answer.text
        assert client.post("/", headers={"X-Quadrant-Token": TOKEN}).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"what": "drop", "by": "anna", "id": 1}',
        '{"what": "approve", "by": "  ", "id": 1}',
        '{"what": "approve", "id": 1}',
        '{"what": "approve", "by": "anna"}',
        '{"what": "approve", "by": "anna", "id": "1"}',
        '{"what": "approve", "by": "anna", "id": 99999999999999999999}',
        '{"what": "switch on", "by": "anna", "id": 1}',
        '{"what": "pin", "by": "anna", "id": 1, "more": 1}',
    ],
)
def test_what_is_no_decision_is_refused_in_words(shared, client_of, body):
    with client_of(shared, **CHANGES) as client:
        answer = client.post("/changes", content=body, headers={"X-Quadrant-Token": TOKEN})
        assert answer.status_code == 422
        assert answer.text.startswith("No decision:")
        long = client.post("/changes", content="x" * 20_000, headers={"X-Quadrant-Token": TOKEN})
        assert long.status_code == 413


def test_an_analyst_reads_everything_and_decides_nothing(shared, client_of):
    with psycopg.connect(shared, autocommit=True) as connection:
        connection.execute("create role quadrant_test_web login password 'w'")
        connection.execute("grant quadrant_analyst to quadrant_test_web")
    try:
        dsn = make_conninfo(shared, user="quadrant_test_web", password="w")
        with client_of(dsn, **CHANGES) as client:
            assert client.get("/").status_code == 200
            asked = {"scope": "bucket=micro", "pattern": S1}
            assert "by hand" in client.get("/playground", params=asked).text
            refused = client.post(
                "/changes",
                json={"what": "switch on", "name": "shadow", "by": "anna"},
                headers={"X-Quadrant-Token": TOKEN},
            )
            assert (refused.status_code, "QD206" in refused.text) == (409, True)
    finally:
        with psycopg.connect(shared, autocommit=True) as connection:
            connection.execute("drop role quadrant_test_web")


def test_a_database_that_was_never_there_is_said(client_of):
    with client_of("postgresql://nobody@127.0.0.1:1/none") as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert "QD202" in answer.text
        assert client.get("/playground").status_code == 503
