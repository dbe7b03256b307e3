"""Pages to read: files in content/ checked, loaded, kept as revisions and shown.

A page's live revision is its newest published one. What was edited here is never overwritten by a file.
"""
