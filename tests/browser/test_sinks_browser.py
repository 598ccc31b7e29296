"""The payload corpus in the document of a real browser: text stays text, nothing runs and nothing is fetched."""

import pytest

from workbook.notebook.views import Page
from workbook.text import html, html_link, json_document

OWN = {"HTML", "HEAD", "BODY", "DIV", "H3", "P", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "SPAN", "SCRIPT", "A"}


@pytest.mark.browser
@pytest.mark.stress
def test_no_payload_lives_in_a_page(chromium, payloads, scale, figure):
    sync_api = pytest.importorskip("playwright.sync_api")
    corpus = payloads.corpus(scale(300, 2400))
    rows = tuple((text, text) for text in corpus)
    table = Page("All", tuple(corpus[:50]), ("first", "second"), rows)._repr_html_()
    attributes = "".join(f"<span title='{html(text)}' class=\"x {html(text)}\"></span>" for text in corpus)
    links = "".join(f"<p class='link'>{html_link(text)}</p>" for text in corpus)
    data = f"<script type='application/json' id='data'>{json_document(corpus)}</script>"
    source = f"<!doctype html><meta charset=utf-8><body>{table}{attributes}{links}{data}</body>"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.set_content(source)
        page.wait_for_timeout(300)
        tags = set(page.evaluate("[...new Set([...document.querySelectorAll('*')].map(one => one.tagName))]"))
        cells = page.evaluate("[...document.querySelectorAll('td')].map(one => one.textContent)")
        handlers = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(one => [...one.attributes].map(a => a.name))"
            ".filter(name => name.startsWith('on'))"
        )
        addresses = page.evaluate(
            "[...document.querySelectorAll('a')].map(one => [one.protocol, one.username, one.href])"
        )
        stored = page.evaluate("JSON.parse(document.getElementById('data').textContent).length")
        browser.close()
    live = [*said, *asked, *handlers, *sorted(tags - OWN - {"META"})]
    live += [href for protocol, user, href in addresses if protocol != "https:" or user]
    figure("payload corpus x a browser's document", ">= 2,000: 0 live", f"{len(corpus)} x 5 places: {len(live)} live")
    assert not live
    assert len(cells) == len(corpus)
    assert stored == len(corpus)
