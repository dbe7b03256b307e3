"""Peerwork: a portal about peer work in harm reduction."""

from portal.app import create_app

__all__ = ["create_app"]
