"""Meetings: when and where people learn or support each other, whose hours are paid, and questions to experts.

What is said at a meeting is kept nowhere. Mutual-support meetings are the peer workers' own.
"""
