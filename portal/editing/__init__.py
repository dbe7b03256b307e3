"""Writing and changing pages in the browser: drafts, publishing, revisions, the menu, withdrawing.

Readers keep the published text (portal/guidance) while somebody writes; what is published here no file overwrites.
"""
