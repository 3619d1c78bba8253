"""The page for people, its two files, and the page on the interface."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from string import Template
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

import logic
from pipelines.report.markup import safe, tag

MEDIA = {"index.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}


def add_pages(app: FastAPI, domains: Iterable[str]) -> None:
    """The routes of all pages; what they send is put together once."""
    contents = {name: _file(name) for name in MEDIA}
    contents["index.html"] = Template(contents["index.html"]).substitute(
        notations=_options(logic.DIALECTS), domains=_options(domains)
    )

    def add(path: str, name: str) -> None:
        @app.get(path, include_in_schema=False)
        async def page() -> Response:
            return Response(contents[name], media_type=f"{MEDIA[name]}; charset=utf-8")

    add("/", "index.html")
    add("/page.css", "page.css")
    add("/page.js", "page.js")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        page = Template(_file("docs.html")).substitute(
            version=safe(app.version), body=_interface(app.openapi())
        )
        return Response(page, media_type="text/html; charset=utf-8")


def _options(names: Iterable[str]) -> str:
    return "".join([tag("option", safe(name), value=name) for name in names])


def _file(name: str) -> str:
    return files("pipelines.service").joinpath("page", name).read_text(encoding="utf-8")


def _interface(schema: dict[str, Any]) -> str:
    """Every path with what it takes and gives, from the OpenAPI schema."""
    sections = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            heading = tag("h2", f"{method.upper()} {safe(path)}")
            parts = [heading, tag("p", safe(operation["summary"]))]
            body = operation.get("requestBody")
            if body is not None:
                parts.append(_table("takes", _resolved(body, schema)))
            answer = _resolved(operation["responses"]["200"], schema)
            parts.append(_table("gives", answer))
            sections.append(tag("section", "".join(parts), class_="part"))
    return "".join(sections)


def _resolved(holder: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a body, which may stand elsewhere."""
    content = holder.get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"].get(name, content)
    return found


def _table(title: str, body: dict[str, Any]) -> str:
    """The fields of a body."""
    needed = body.get("required", ())
    rows = []
    for name, field in body.get("properties", {}).items():
        said = field.get("description", "")
        if "default" in field:
            said += f" (default {field['default']})"
        kind = _kind(field) + (", needed" if name in needed and title == "takes" else "")
        cells = tag("th", safe(name), scope="row") + tag("td", safe(kind)) + tag("td", safe(said))
        rows.append(tag("tr", cells))
    about = safe(body.get("description", ""))
    return tag("h3", title) + tag("p", about) + tag("table", "".join(rows)).replace("`", "")


def _kind(field: dict[str, Any]) -> str:
    """A field's type in words."""
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    name = field.get("$ref", "").rpartition("/")[2]
    return name or str(field.get("type", "any"))
