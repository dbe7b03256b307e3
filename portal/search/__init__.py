"""Finding pages, terms, resources and questions: the same on SQLite and PostgreSQL, in every language of Europe.

Nothing personal is ever indexed, and what somebody looks for is kept nowhere.
"""
