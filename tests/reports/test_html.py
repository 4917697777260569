"""report.html: self-contained, escaped, usable by keyboard, with enough contrast."""

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from gonogo.judgement import judge
from gonogo.linux import wait_until
from gonogo.vocabulary.events import NotTested
from gonogo_reports import render_all
from tests.reports.conftest import HOSTILE, Case, made
from tests.run_builder import go_builder

CSS = Path(__file__).parents[2] / "reports" / "gonogo_reports" / "page" / "report.css"
LANES = ["phases", "faults", "latency", "requests", "CPU", "memory"]
DRAWN_S_MAX = 60.0
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


class Page(HTMLParser):
    """Tags with attributes, ids, and the text of style and script elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep every tag."""
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in self.inline and ("type", "text/plain") not in attrs else ""

    def handle_data(self, data: str) -> None:
        """Keep the text of a style or a script."""
        if self._inside:
            self.inline[self._inside].append(data)
            self._inside = ""

    def all(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def page_of(name: str, folder: Path) -> str:
    """The page of one of the runs."""
    run_dir, verdict = made(name, folder)
    return render_all(run_dir, verdict)["report.html"].read_text()


def payload(page: str) -> dict[str, Any]:
    """What the page's script unpacks."""
    found = re.search(r'id="payload">([^<]*)<', page)
    assert found
    data: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return data


def test_the_page_asks_nothing_of_the_network(any_run: Case) -> None:
    """It loads nothing from elsewhere; its only links are to files of the run."""
    run_dir, verdict = any_run
    text = render_all(run_dir, verdict)["report.html"].read_text()
    page = Page(text)
    assert not page.all("src")
    links = [h for h in page.all("href") if not h.startswith(("#", "data:image/svg+xml,"))]
    assert set(links) <= {"run.json", "junit.xml"}
    for kind in ("style", "script"):
        code = "".join(page.inline[kind]).replace(SVG_NAMESPACE, "")
        assert not re.search(r"https?:|url\(|@import|fetch\(|import\(|eval\(|innerHTML", code)


def test_the_policy_allows_exactly_the_inlined_style_and_script(any_run: Case) -> None:
    """Nothing is allowed by default; the hashes are those of the style and script in the page."""
    run_dir, verdict = any_run
    page = Page(render_all(run_dir, verdict)["report.html"].read_text())
    policy = next(a["content"] or "" for t, a in page.tags if "http-equiv" in a and t == "meta")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for kind, texts in page.inline.items():
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert not page.all("style")
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_what_the_target_says_is_text(tmp_path: Path) -> None:
    """A test name, a claim, a log line: none of them becomes an element."""
    page = page_of("NO-GO", tmp_path)
    parsed = Page(page)
    assert "img" not in [tag for tag, _ in parsed.tags]
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert any(HOSTILE in test[0] for test in payload(page)["tests"])


def test_the_verdict_comes_first_then_judgements_findings_timeline(any_run: Case) -> None:
    """Verdict, cause and judgements come before the details."""
    run_dir, verdict = any_run
    text = render_all(run_dir, verdict)["report.html"].read_text()
    ids = [attrs["id"] for tag, attrs in Page(text).tags if tag == "section"]
    assert ids == [
        "judgements", "findings", "timeline", "tests", "faults", "loads", "services", "system",
        "reproduce",
    ]  # fmt: skip
    assert text.index(f"<h1>{verdict.word}</h1>") < text.index('id="judgements"')
    assert f"<title>{verdict.word} · shop" in text
    assert f"gonogo judge reports/runs/{run_dir.name}" in text


def test_the_timeline_has_one_value_a_second_for_every_lane(tmp_path: Path) -> None:
    """Latency, requests, CPU and memory share the axis; empty seconds are null, not zero."""
    line = payload(page_of("NO-GO", tmp_path))["timeline"]
    series = [*line["latency"].values(), *line["requests"].values(), *line["cpu"].values()]
    assert {len(values) for values in series} == {81}
    assert line["latency"]["p50"][5] is None
    assert line["latency"]["p50"][12] == 0.02
    assert line["latency"]["p95"][22] == 10.0
    assert line["requests"]["failed"][22] == 60
    assert [fault["label"] for fault in line["faults"]] == ["store-pause", "worker-kill"]
    store = next(s for s in line["services"] if s["name"] == "store")
    assert [span["is"] for span in store["spans"]] == [
        "starting", "up", "down", "up", "down", "up", "off", "off",
    ]  # fmt: skip


def test_an_unknown_end_is_not_drawn(tmp_path: Path) -> None:
    """A request without a record is neither ok nor failed, and has no latency."""
    builder = go_builder(tmp_path / "20260101-120000-ab12")
    steady = builder.loads["steady"]
    gone = steady.window(20.0, 25.0)
    steady.drop(gone)
    run_dir = builder.write()
    line = payload(render_all(run_dir, judge(run_dir))["report.html"].read_text())["timeline"]
    assert line["requests"]["ok"][19] == 60
    assert line["requests"]["ok"][22] == line["requests"]["failed"][22] == 0
    assert line["latency"]["p50"][22] is None


def test_scenarios_are_one_row_of_the_judgements(tmp_path: Path) -> None:
    """With ten thousand tests, the objectives are still at the top."""
    page = page_of("NO-GO", tmp_path)
    table = page[page.index('id="judgements"') : page.index('id="findings"')]
    assert "7 scenarios" in table
    assert "1 failed, 6 passed" in table
    assert "test_login.py" not in table


def test_findings_point_to_the_judgements_that_failed(tmp_path: Path) -> None:
    """Without a finding of its own, a failure is listed under Judgements, and the page says so."""
    builder = go_builder(tmp_path / "20260101-120000-ab12")
    builder.loads["steady"].fail(slice(0, 100))
    run_dir = builder.write()
    verdict = judge(run_dir)
    assert verdict.findings == ()
    page = render_all(run_dir, verdict)["report.html"].read_text()
    assert "Nothing to report" not in page
    assert "Findings <b>0</b>" not in page
    part = page[page.index('<section id="findings"') : page.index('<section id="timeline"')]
    assert 'under <a href="#judgements">Judgements</a>' in part
    assert "Nothing to report apart from the judgements." in page_of("GO", tmp_path / "go")


def test_scenarios_that_were_not_tested_are_counted(tmp_path: Path) -> None:
    """They are counted neither as failed nor as passed."""
    builder = go_builder(tmp_path / "20260101-120000-ab12")
    test = "contract/test_disk.py::test_disk"
    builder.test(test, at_s=5.0, outcome="skipped", expectations=0)
    builder.event(NotTested(what=test, reason="needs containers"), 5.2)
    run_dir = builder.write()
    page = render_all(run_dir, judge(run_dir))["report.html"].read_text()
    assert "7 passed, 1 of them not tested" in page


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    """At least 4.5 to 1 for every pair of text and background colour in the style sheet."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", CSS.read_text(), re.DOTALL)[:2]
    )
    tokens = light if scheme == "light" else light | dark
    pairs = [(text, "paper") for text in ("ink", "muted", "go", "nogo", "inc", "link", "fault")]
    pairs += [(text, "raised") for text in ("ink", "muted", "go", "nogo", "inc", "link")]
    pairs += [("raised", "nogo"), ("inc", "inc-wash"), ("ink", "faint"), ("paper", "ink")]
    bands = [f"{name}-band" if scheme == "dark" else name for name in ("go", "nogo", "inc")]
    pairs += [("band-text", band) for band in bands]
    for text, ground in pairs:
        lighter, darker = sorted((luminance(tokens[text]), luminance(tokens[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (text, ground)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """A new browser for each test."""
    driver = shutil.which("chromedriver")
    assert driver, "apt-get install chromium-driver; make provision does it as root"
    options = webdriver.ChromeOptions()
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", f"--user-data-dir={tmp_path / 'profile'}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Other tests count what browsers leave in the common place for temporary files; a path below
    # tmp_path would be too long for a socket.
    with tempfile.TemporaryDirectory(prefix="page-", ignore_cleanup_errors=True) as own:
        service = Service(driver, env={**os.environ, "TMPDIR": own})
        with webdriver.Chrome(options=options, service=service) as started:
            yield started


def test_a_browser_draws_the_timeline_and_the_tests(
    tmp_path: Path, browser: webdriver.Chrome
) -> None:
    """Under its own policy, from a file, the page unpacks its data and draws both parts."""
    run_dir, verdict = made("NO-GO", tmp_path)
    browser.get(render_all(run_dir, verdict)["report.html"].as_uri())

    def lanes() -> list[str]:
        return [each.text for each in browser.find_elements(By.CSS_SELECTOR, ".lane > h4")]

    def drawn() -> bool:
        ready = browser.find_elements(By.CSS_SELECTOR, '[data-ready="yes"]')
        return bool(ready) and len(lanes()) >= len(LANES)

    assert wait_until(drawn, DRAWN_S_MAX)
    assert [each.splitlines()[0] for each in lanes()[: len(LANES)]] == LANES
    assert len(browser.find_elements(By.CSS_SELECTOR, ".row")) == 7
    said = [each["message"] for each in browser.get_log("browser")]
    assert not [each for each in said if "Content Security Policy" in each]
