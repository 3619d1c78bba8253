"""JSON as the service writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """JSON in UTF-8, also where a text has half of a surrogate pair, which UTF-8 cannot hold."""

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", errors="replace")


def failure(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Json:
    """An answer that says why there is none."""
    return Json({"error": reason}, status_code=status, headers=dict(headers or {}))
