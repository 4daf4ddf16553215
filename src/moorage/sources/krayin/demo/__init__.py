"""Realistic and dirty Krayin databases for tests, load trials and demonstrations."""

from moorage.sources.krayin.demo.generate import DemoCounts, generate
from moorage.sources.krayin.demo.load import Server

__all__ = ["DemoCounts", "Server", "generate"]
