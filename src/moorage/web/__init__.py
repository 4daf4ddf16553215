"""The page: everything a person decides or looks at, drawn on this machine for a browser."""

from moorage.web.serving import Served, bound, serve

__all__ = ["Served", "bound", "serve"]
