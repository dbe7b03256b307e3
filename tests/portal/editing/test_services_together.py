"""Two who change the same pages at the same moment: the second waits, and sees what the first has done."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import replace

import pytest

from portal import clock, db
from portal.editing import drafts, menu, publishing, services
from portal.guidance import loading
from portal.guidance.models import Page
from portal.guidance.services import get_text


@pytest.fixture(autouse=True)
def connected(database):
    """An open connection."""


class Slow(threading.Thread):
    """Somebody whose change is made, but not saved for a moment yet."""

    def __init__(self, change, *arguments):
        super().__init__()
        self.change, self.arguments, self.made = change, arguments, threading.Event()

    def run(self):
        @db.transaction
        def slowly():
            try:
                self.change(*self.arguments)
            finally:
                self.made.set()
            time.sleep(0.3)

        with db.connection():
            slowly()

    def __enter__(self):
        self.start()
        assert self.made.wait(10)

    def __exit__(self, *error):
        self.join()


def draft(page, person, **parts):
    now = drafts.open_page(page.id)
    return drafts.save(page.id, replace(now.typed, **parts), now.version, person.id)


def test_a_page_that_is_being_withdrawn_does_not_move(library, editor):
    page = library("equality")
    with Slow(menu.withdraw, page.id, "principles/respect"), pytest.raises(menu.NoSuchPlace):
        menu.move(page.id, "prepare", "fairness", editor.id, "Moved")
    assert Page.get_by_id(page.id).withdrawn


def test_a_page_that_is_being_withdrawn_is_not_published(library, editor):
    page = library("respect")
    saved = draft(page, editor, title="Other")
    with Slow(menu.withdraw, page.id), pytest.raises(publishing.NotSound):
        publishing.publish(page.id, saved.version, editor.id)


def test_a_file_does_not_overwrite_what_is_being_published(library, folder, editor):
    saved = draft(library("equality"), editor, title="Fairness")
    folder.page("equality", title='"From the file"')
    with Slow(publishing.publish, saved.page.id, saved.version, editor.id):
        clock.stop(clock.now() + dt.timedelta(hours=1))
        assert loading.load(folder.root).findings == []
    assert get_text("en", "principles", "equality").line.title == "Fairness"


def test_two_new_pages_do_not_share_an_address(library, author, editor):
    def create(person):
        return services.create_page("principles", "fair-pay", "Fair pay", person.id, language="en")

    with Slow(create, author), pytest.raises(services.AddressTaken):
        create(editor)


def test_two_who_change_the_menu_leave_each_page_a_place_of_its_own(library, author):
    respect = library("respect").id
    with Slow(services.shift, respect, -1):
        assert services.shift(respect, 1)
    here = Page.select().where(Page.section == "principles", Page.slug != "index")
    assert sorted(page.position for page in here) == [10, 20]
