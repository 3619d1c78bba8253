"""MCP: the server as a process, asked over its pipes by the client of the `mcp` package."""

import asyncio
import sys
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected

REASON = "mcp 2 is not installed (pip install '.[mcp]'); `make plugins-test` has it"
pytest.importorskip("mcp.server.mcpserver", reason=REASON)
mcp = pytest.importorskip("mcp")
stdio = pytest.importorskip("mcp.client.stdio")

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("parse", {"text": "all x (Cat(x) -> Animal(x))"}),
    ("check", {"answer": ANSWERS[0]}),
    *[("compare", {"candidate": answer, "reference": REFERENCE}) for answer in ANSWERS],
    ("compare", {"candidate": "Cat(tom)", "reference": UNREADABLE}),
    ("entails", {"premises": [REFERENCE, "Cat(tom)"], "conclusion": "Animal(tom)"}),
    ("countermodel", {"conclusion": "∀x Cat(x)"}),
    ("parse", {"text": "Cat(tom)", "domain": "mine.py"}),
]


async def _session() -> tuple[list[Any], list[dict[str, Any]]]:
    parameters = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "alignment.plugins.mcp_server"]
    )
    async with stdio.stdio_client(parameters) as pipes, mcp.ClientSession(*pipes) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        found = await asyncio.gather(*[session.call_tool(*call) for call in CALLS])
    assert not any(result.is_error for result in found)
    return tools, [result.structured_content for result in found]


@pytest.mark.timeout(180)
def test_an_agent_lists_the_tools_and_calls_them() -> None:
    tools, found = asyncio.run(_session())
    assert [tool.name for tool in tools] == ["parse", "check", "compare", "entails", "countermodel"]
    assert all(len(tool.description or "") > 60 for tool in tools)
    assert tools[2].input_schema["required"] == ["candidate", "reference"]

    parsed, checked, *compared, lost, entailed, refuted, refused = found
    assert parsed["formula"] == REFERENCE and parsed["predicates"] == ["Animal/1", "Cat/1"]
    assert checked["meaning"] == "contingent"
    assert [result["score"] for result in compared] == expected()
    assert "error" in lost and lost["line"] == 1
    assert entailed["status"] == "proved" and entailed["used"] == [0, 1]
    assert refuted["status"] == "refuted" and "element" in refuted["countermodel"]
    assert "allowed here" in refused["error"]
