"""A small library to write in, and people who may."""

from __future__ import annotations

import pytest

from portal import db
from portal.guidance import loading
from portal.guidance.models import Page
from tests.portal.guidance.conftest import Folder


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path / "content")
    folder.page("index", section="prepare", title='"Prepare"', order="20", try_it="[]")
    folder.page("selection", section="prepare", title='"Selection"', related='["principles/equality"]')
    folder.page("respect", title='"Respect"', order="20")
    return folder


@pytest.fixture
def library(app, folder):
    """The folder, loaded; ``library("equality")`` is a page of it."""
    with db.connection():
        assert loading.load(folder.root).findings == []

    def page(slug, section=None):
        with db.connection():
            here = Page.section == section if section else Page.id.is_null(False)
            return Page.get(Page.slug == slug, here, ~Page.withdrawn)

    return page


@pytest.fixture
def author(make):
    return make.person("Misty Brook", portal_role="author")


@pytest.fixture
def editor(make):
    return make.person("Ivory Finch", portal_role="editor")
