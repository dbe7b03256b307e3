"""What a candidate brings: the checklist nobody keeps, the one kept with an account, and the copies shared from it.

Nothing is shared by default. Notes never leave the person.
"""
