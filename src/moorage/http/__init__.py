"""A patient reader of web APIs, for sources that have no database to read."""

from moorage.http.address import checked_url
from moorage.http.answers import AnswerError, NotThereError, SignInError
from moorage.http.client import WebClient
from moorage.http.pace import Clock

__all__ = ["AnswerError", "Clock", "NotThereError", "SignInError", "WebClient", "checked_url"]
