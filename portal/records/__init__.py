"""Records of learning: certificates and badges of what somebody did, statements to take along, and a private calendar.

Everything here is the person's own, made on purpose and taken back at any moment. Names of modules stay neutral, and
nothing names an organisation or this site, unless the person ticks it.
"""
