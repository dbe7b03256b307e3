"""What comes out of the printer: pages counted in the PDF the browser makes."""

from __future__ import annotations

import io

import pikepdf

# Growth cards one level after the other, "fine with support" and two kinds of support for the parts of the work.
ANSWER_EVERYTHING = """() => {
  let growth = 0;
  for (const part of document.querySelectorAll("[data-scale]")) {
    const radios = part.querySelectorAll("[type=radio]");
    if (radios.length) radios[part.dataset.scale === "growth" ? growth++ % 4 : 1].click();
    for (const box of [...part.querySelectorAll("[type=checkbox]")].slice(0, 2)) box.click();
  }
}"""


def answer_without_script(visit) -> None:
    page, number = visit.page, 0
    while not page.get_by_role("button", name="Make my page").count():
        radios = page.get_by_role("radio")
        if radios.count():
            radios.nth(number % 4 if radios.count() == 4 else 1).check()
            number += radios.count() == 4
        for box in page.get_by_role("checkbox").all()[:2]:
            box.check()
        visit.press("Next card")


def printed(page) -> tuple[int, float]:
    """Pages, and the size in points of the smallest letters of the sheet."""
    with pikepdf.open(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))) as made:
        pages = len(made.pages)
    page.emulate_media(media="print")
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll(".sheet :is(h1, label, input, textarea, .checked)")]
          .filter((one) => one.checkVisibility())
          .map((one) => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom))"""
    )
    page.emulate_media(media="screen")
    return pages, smallest * 0.75


def test_a_full_checklist_prints_on_one_page_and_can_be_read(visitor, script):
    visit = visitor(script)
    page = visit.open("/en/candidates/checklist")
    visit.press("Begin")
    if script:
        page.evaluate(ANSWER_EVERYTHING)
        page.get_by_role("button", name="Look at my lists now").click()
    else:
        answer_without_script(visit)
    page.get_by_role("button", name="Make my page").locator("visible=true").click()
    page.get_by_label("In my own words").fill("I know the streets around the station. " * 4)
    if not script:
        visit.press("Check my words")
    lines = [len(page.locator(f"[name=sheet-{part}]").input_value().splitlines()) for part in ("show", "do", "grow")]
    assert min(lines) >= 8, "everything is answered"
    pages, points = printed(page)
    assert pages == 1
    assert points >= 9
    visit.quiet()


def test_a_short_sheet_prints_large(visitor):
    visit = visitor()
    page = visit.open("/en/candidates/checklist")
    visit.press("Begin")
    page.get_by_role("radio", name="I could show others").locator("visible=true").check()
    page.get_by_role("button", name="Look at my lists now").locator("visible=true").click()
    page.get_by_role("button", name="Make my page").locator("visible=true").click()
    pages, points = printed(page)
    assert pages == 1
    assert points > 10.5
