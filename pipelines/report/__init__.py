"""One HTML file that shows what one or more runs have come to; it needs nothing beside itself."""

from pipelines.report.page import write, write_all

__all__ = ["write", "write_all"]
