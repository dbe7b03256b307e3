"""Keeping the portal running: health, doctor, what is due, the audit's check."""
