"""The project folder: settings, secrets, paths, and the lock that keeps two commands apart."""

from moorage.project.folder import Project
from moorage.project.locking import LockHolder
from moorage.project.secrets import Secrets
from moorage.project.settings import (
    DestinationSettings,
    ProjectSettings,
    SettingsFileError,
    SourceSettings,
)

__all__ = [
    "DestinationSettings",
    "LockHolder",
    "Project",
    "ProjectSettings",
    "Secrets",
    "SettingsFileError",
    "SourceSettings",
]
