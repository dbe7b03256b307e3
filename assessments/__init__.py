"""Instruments, answers, scoring and disclosure control: pure Python, no web, no database."""
