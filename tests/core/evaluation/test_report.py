"""The report and its pictures: complete by itself, readable, and whatever a candidate says is only shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from verbalized_sampling.evaluation import compare_saved
from verbalized_sampling.evaluation.reporting.report import html

HOSTILE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</li></ol></main></body><h1>owned</h1>",
    "<svg onload=alert(1)><style>*{display:none}</style>",
    '"><iframe src="https://example.com"></iframe>',
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31mred\x00\x07 \u202egnirts\u202c \ud800",
    "<!--",
]
SCRIPTS = [
    "لماذا قدّمت القهوة بلاغًا؟ لأنها تعرّضت للسطو!",
    "为什么咖啡要报警？因为它被打劫了。",
    "コーヒーが警察に行ったのはなぜ？",
    "Kahve neden polise gitti? 🙂",
    "supercalifragilistic" * 20,
]


def rows(texts, prompt="Tell me a joke about <b>coffee</b> & tea", method="vs <i>", tau=None):
    return [{"prompt": prompt, "method": method, "tau": tau, "text": t, "probability": 0.05} for t in texts]


def comparison(n=5, extra=(), references=False):
    direct = rows([f"Plain joke {i % 3}" for i in range(n)], method="direct")
    varied = rows([*HOSTILE, *SCRIPTS, *(f"Joke number {i}" for i in range(n))][: max(n, 13)])
    arabic = "اقترح اسمًا لقطة"
    more = rows(["قمر", "نجمة", "قمر"], arabic, "direct") + rows(["بحر", "لؤلؤة", "غيمة"], arabic)
    known = {arabic: {"قمر": 2, "بحر": 1, "نجمة": 1}} if references else None
    return compare_saved([*direct, *varied, *more, *extra], embedder="words", references=known)


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = comparison(20, references=True).report(tmp_path_factory.mktemp("report") / "report.html")
    return path.read_text(encoding="utf-8")


def test_the_page_runs_nothing_and_loads_nothing(page):
    found = Elements(page)
    assert not {"script", "iframe", "img", "object", "embed", "form", "base"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    addresses = [value for name, value in found.attributes if name in ("src", "href", "action", "data")]
    assert addresses == ["data:,"]
    assert "default-src 'none'" in page
    assert "url(" not in page and "@import" not in page


def test_what_candidates_say_is_shown_as_they_wrote_it(page):
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}{% raw %}" in page
    for text in SCRIPTS:
        assert text in page


def test_control_codes_and_direction_overrides_are_not_in_it(page):
    assert not set("\x1b\x00\x07\u202e") & set(page)


def test_it_says_what_differs_and_what_cannot_be_told(page):
    assert "Semantic diversity" in page
    assert re.search("better|worse|can’t be told", page)
    assert "nothing can be told of others" in page


def test_it_shows_where_no_spread_was_seen_and_where_no_interval_can_be_told():
    alike = html(compare_saved([*rows(["tea"] * 9, method="direct"), *rows(["tea", "mate"] * 5)], embedder="words"))
    assert "stroke-dasharray" in alike and "all came out alike" in alike and ", no spread seen" in alike
    two = html(compare_saved([*rows(["tea"] * 2, method="direct"), *rows(["mate"] * 2)], embedder="words"))
    assert "can’t be told: no spread seen" in two and "no interval can be told" in two
    assert not re.search("<em[^>]*>(better|worse)", two)


@pytest.mark.parametrize("kind", ["bars", "reliability", "tradeoff"])
def test_each_picture_is_xml_by_itself(kind, tmp_path):
    path = tmp_path / "x.svg"
    svg = comparison(20, references=True).plot(kind, path)
    assert path.read_text() == svg
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("needs chromium")
    return [found, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


PROBE = """<style>html { width: WIDTHpx }</style><script>
const all = selector => [...document.querySelectorAll(selector)];
const outside = e => !e.closest(".wide") && e.getBoundingClientRect().right > WIDTH + 1;
const loaded = performance.getEntriesByType("resource").map(entry => entry.name);
document.body.setAttribute("data-found", JSON.stringify({
  title: document.title,
  loaded: loaded.filter(name => !name.startsWith("data:")),
  outside: all("main *").filter(outside).length,
  arabic: all("li.answer").filter(e => e.textContent.startsWith("قمر")).map(e => getComputedStyle(e).direction),
}));
</script></body>"""


@pytest.fixture(scope="module", params=[5, 500])
def written(request):
    return html(comparison(request.param, references=True))


@pytest.mark.parametrize("width", [1280, 400])
def test_in_a_browser_it_fits_stays_inert_and_reports_no_error(browser, tmp_path, written, width):
    # The probe has to run, so the policy that keeps scripts out is lifted: escaping alone must hold.
    page = written.replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
    path = tmp_path / "report.html"
    path.write_text(page.replace("</body>", PROBE.replace("WIDTH", str(width))), encoding="utf-8")
    options = [f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", f"--window-size={width},900"]
    done = subprocess.run(
        [*browser, *options, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120
    )
    assert not [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    found = json.loads(re.search(r'data-found="([^"]*)"', done.stdout)[1].replace("&quot;", '"'))
    assert found["title"] == "Verbalized Sampling: what differs"
    assert found["loaded"] == []
    assert found["outside"] == 0
    assert set(found["arabic"]) == {"rtl"}
