"""People, how they sign in, and what ends a sign-in.

A person is a nickname and key words; nothing else is asked. Roles of the portal itself are kept here, roles in an
organisation are `portal.organisations`' business.
"""
