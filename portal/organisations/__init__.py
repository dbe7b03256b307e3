"""Organisations, their programmes, and who belongs to them.

People join by an invitation and may leave at any time. A membership names its programmes; none means all of them.
"""
