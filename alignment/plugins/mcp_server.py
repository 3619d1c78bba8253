"""MCP: the judge's tools for any agent, `python -m alignment.plugins.mcp_server` (over stdio).

The tools are those of `alignment.tools`: parse, check, compare, entails, countermodel.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from alignment.plugins import needs
from alignment.tools import TOOLS, ask_async
from logic.errors import installs

with needs(installs("mcp")):
    from mcp.server import MCPServer

INSTRUCTIONS = (
    "Formulas of first-order logic in any usual notation, ∀x (Cat(x) → Animal(x)) for instance. "
    "Everything is decided by proof or by a countermodel; `error` says why there is no answer."
)


def make_server() -> MCPServer:
    """The server, which a caller may also mount or run over another transport."""
    server = MCPServer("folalign", instructions=INSTRUCTIONS)
    for tool in TOOLS.values():
        server.tool()(_in_a_worker(tool))
    return server


def _in_a_worker(tool: Callable[..., dict[str, Any]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The tool with its name, arguments and documentation, run where it can be killed."""

    @functools.wraps(tool)
    async def called(**arguments: Any) -> dict[str, Any]:
        return await ask_async(tool.__name__, **arguments)

    return called


if __name__ == "__main__":
    make_server().run()
