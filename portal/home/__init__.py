"""The front page, one's own page, and the pages that say what this site does and does not do for one's safety."""
