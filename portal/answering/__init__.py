"""Taking an instrument: one question a screen, every answer saved when given, stop and come back with a return key.

A sheet is found by the hash of its return key and by nothing else (scoring.md §3.4.5): no view here asks who is
signed in, but for the one that gives a member the place that is theirs.
"""
