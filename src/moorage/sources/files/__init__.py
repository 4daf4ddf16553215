"""Any CRM's export: a folder or zip of tables that nobody wrote a source for."""

from __future__ import annotations

from pathlib import Path

from moorage.sources.base import SourceKind
from moorage.sources.bundled import BUNDLE_OPTIONS
from moorage.sources.files.adapt import adapt
from moorage.sources.files.source import open_source

SOURCE = SourceKind(
    name="files",
    label="Files",
    options={
        **BUNDLE_OPTIONS,
        "bundle": (None, "The folder, zip or file with what was exported."),
        "keys": ({}, "The column whose values name a row, by table, where the one found is wrong."),
        "timezone": ("UTC", "Where the clock of the files stands, as in Europe/Vienna."),
    },
    secrets=(),
    open=open_source,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    adapt=adapt,
)
