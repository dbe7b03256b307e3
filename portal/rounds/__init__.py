"""Rounds of an instrument: which rater groups answer, who has a place, opening, closing and counting once.

The tables of sheets and answers live here, because closing counts them; `portal.answering` fills them.
Nobody can link a person to a sheet afterwards: scoring.md §3.4.5 binds every table and every call below.
"""
