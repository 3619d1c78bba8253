"""The HTTP interface: what is asked becomes items for the crew, and their results the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import metadata
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from logic.judging.compare import Names
from logic.judging.workers.lost import Lost
from pipelines.service import payloads as P
from pipelines.service.crew import Crew, Full
from pipelines.service.gate import Gate
from pipelines.service.metrics import CONTENT_TYPE, Metrics
from pipelines.service.pages import add_pages
from pipelines.service.responses import Json, failure
from pipelines.service.settings import Settings
from pipelines.service.work import Item, Refused

MOST_TOLD = 5
"""Faults of a request that are told at once."""
WARM_UP: tuple[Item, ...] = (
    ("compare", {"candidate": "∃x P(x)", "reference": "∀x P(x)", "names": "match", "domain": "fol",
                 "dialect": None, "write": None}),
)  # fmt: skip

Row = tuple[float | None, str, str | None]
"""Score, verdict, and why there is no score."""
UNKNOWN = "unknown"


class Service:
    """The workers of one application, and what they are asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.crew: Crew | None = None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Start the workers, and end them after all requests."""
        limits = self.settings.limits
        crew = Crew(
            "pipelines.service.work:answer",
            workers=self.settings.workers,
            seconds=limits.seconds,
            queue=limits.queue,
            warm_up=WARM_UP,
            observe=self.metrics.observe,
        )
        self.crew = crew
        self.metrics.follow(crew)
        try:
            yield
        finally:
            crew.close()

    async def ask(self, items: Sequence[Item]) -> list[Any]:
        """The results of items."""
        assert self.crew is not None, "the application has been started"
        return await self.crew.run(items)

    async def ask_one(self, kind: str, empty: dict[str, Any], **values: Any) -> Response:
        """The answer to one question; `empty`, with the reason, where the worker was lost."""
        domain = self.domain(values["domain"])
        (found,) = await self.ask([(kind, {**values, "domain": domain})])
        if isinstance(found, Refused):
            which = f"the {found.what} is no formula: {found.reason}"
            told = {"error": which, "what": found.what, "line": found.line,
                    "column": found.column, "hint": found.hint}  # fmt: skip
            return Json(told, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        if isinstance(found, Lost):
            found = {**empty, "reason": found.reason}
        return Json(found)

    async def judge(
        self, candidates: Sequence[str], references: Sequence[str | None], **values: Any
    ) -> list[Row]:
        """A row for each pair; each distinct pair is judged once."""
        if len(candidates) != len(references):
            both = f"{len(candidates)} candidates but {len(references)} references"
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"{both}; one for each")
        if len(candidates) > self.settings.limits.items:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{len(candidates):,} items; a request may have {self.settings.limits.items:,}",
            )
        values["domain"] = self.domain(values["domain"])
        pairs = list(zip(candidates, references, strict=True))
        distinct = dict.fromkeys(pair for pair in pairs if pair[1] is not None)
        items: list[Item] = [
            ("score", {"candidate": candidate, "reference": reference, **values})
            for candidate, reference in distinct
        ]
        found = dict(zip(distinct, map(_row, await self.ask(items)), strict=True))
        return [found.get(pair, (None, UNKNOWN, "no reference")) for pair in pairs]

    def domain(self, name: str) -> str:
        """The domain of a request."""
        try:
            return self.settings.domain(name)
        except ValueError as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None

    def number(self, row: Row) -> float:
        """A row's score, for those who take numbers only."""
        return self.settings.not_judged if row[0] is None else row[0]


def _row(found: Row | Lost) -> Row:
    return (None, UNKNOWN, found.reason) if isinstance(found, Lost) else found


def application(settings: Settings) -> FastAPI:
    """The application, as an ASGI server runs it."""
    service = Service(settings)
    app = FastAPI(
        title="folalign serve",
        description="The judge of first-order logic: scores, explanations, proofs, notations.",
        version=metadata.version("folalign"),
        lifespan=service.lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(_require_known_query)],
        responses={
            code: {"model": P.Failure}
            for code in (401, 408, 413, 422, 429, 503)
        },
    )  # fmt: skip
    app.add_middleware(Gate, settings=settings, metrics=service.metrics)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Full, _full)
    _add_questions(app, service)
    _add_trainers(app, service)
    _add_state(app, service)
    add_pages(app, settings.domains)
    return app


def _add_questions(app: FastAPI, service: Service) -> None:
    @app.post("/score", response_model=P.Scores, summary="Scores of many candidates")
    async def score(body: P.Score) -> Response:
        rows = await service.judge(**dict(body))
        scores, verdicts, reasons = zip(*rows, strict=True) if rows else ((), (), ())
        return Json({"scores": scores, "verdicts": verdicts, "reasons": reasons})

    @app.post("/compare", response_model=P.Comparison, summary="One candidate, explained")
    async def compare(body: P.Compare) -> Response:
        empty = {"score": None, "verdict": UNKNOWN, "says": "not judged"}
        return await service.ask_one("compare", empty, **dict(body))

    @app.post("/entails", response_model=P.Entailment, summary="Whether a conclusion follows")
    async def entails(body: P.Entails) -> Response:
        empty = {"status": UNKNOWN, "says": "not judged", "used": None}
        return await service.ask_one("entails", empty, **dict(body))

    @app.post("/parse", response_model=P.Parsed, summary="A text as a formula")
    async def parse(body: P.Parse) -> Response:
        values = dict(body)
        values["is_answer"] = values.pop("answer")
        return await service.ask_one(
            "parse", {"formula": None, "repairs": [], "idle": []}, **values
        )

    @app.post("/translate-notation", response_model=P.Translated, summary="Another notation")
    async def translate(body: P.Translate) -> Response:
        return await service.ask_one("translate", {"text": None, "formula": None}, **dict(body))


async def _require_known_query(request: Request) -> None:
    """Refuse what stands behind the address of a question and has no effect, or no clear one."""
    if request.method != "POST":  # those who watch a service may add what they like
        return
    known = [parameter.alias for parameter in request.scope["route"].dependant.query_params]
    allowed = ", ".join(known) or "nothing, as all is in the body"
    for name in request.query_params:
        if name not in known:
            told = f"?{name[:100]}= is unknown; allowed behind the address: {allowed}"
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, told)
        if len(request.query_params.getlist(name)) > 1:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"?{name}= is there twice")


NamesQuery = Annotated[Names, Query()]
DomainQuery = Annotated[str, Query()]
DialectQuery = Annotated[P.Dialect, Query()]


def _add_trainers(app: FastAPI, service: Service) -> None:
    @app.post("/openrlhf", response_model=P.OpenRLHFRewards, summary="Rewards for OpenRLHF")
    async def openrlhf(
        body: P.OpenRLHF,
        names: NamesQuery = "match",
        domain: DomainQuery = "fol",
        dialect: DialectQuery = None,
    ) -> Response:
        if len(body.query) != len(body.prompts):
            both = f"{len(body.query)} queries but {len(body.prompts)} prompts"
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"{both}; one for each")
        answers = [
            query.removeprefix(prompt)
            for query, prompt in zip(body.query, body.prompts, strict=True)
        ]
        rows = await service.judge(
            answers, body.labels, names=names, domain=domain, dialect=dialect,
            canonical_references=False,
        )  # fmt: skip
        numbers = [service.number(row) for row in rows]
        not_judged = [float(score is None) for score, _, _ in rows]
        logs = {"not_judged": not_judged}
        return Json({"rewards": numbers, "scores": numbers, "extra_logs": logs})

    @app.post("/slime", response_model=float, summary="A reward for slime")
    async def slime(
        body: P.Slime,
        names: NamesQuery = "match",
        domain: DomainQuery = "fol",
        dialect: DialectQuery = None,
    ) -> Response:
        (row,) = await service.judge(
            [body.response], [body.label], names=names, domain=domain, dialect=dialect,
            canonical_references=False,
        )  # fmt: skip
        return Json(service.number(row))


def _add_state(app: FastAPI, service: Service) -> None:
    @app.get("/health", response_model=P.Health, summary="Whether it answers")
    async def health() -> Response:
        waiting = service.crew.waiting if service.crew else 0
        return Json(
            {
                "status": "ok",
                "version": app.version,
                "workers": service.settings.workers,
                "waiting": waiting,
            }
        )

    @app.get("/metrics", response_class=Response, summary="Counts, for Prometheus")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)


async def _invalid(request: Request, error: Exception) -> Response:
    """What is wrong with a request, without what it sent: that may be large, or no JSON."""
    assert isinstance(error, RequestValidationError)
    kind = request.headers.get("content-type", "none")[:100]
    if request.method == "POST" and "json" not in kind:
        reason = f"Content-Type: application/json is needed, and here it is {kind}"
        return failure(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
    told = []
    for fault in error.errors()[:MOST_TOLD]:
        place = ".".join(map(str, fault["loc"][1:]))[:200]
        told.append(f"{place}: {fault['msg'][:300]}" if place else fault["msg"][:300])
    return failure(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(told))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = error.detail
    if error.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        reason += "; /docs lists what there is"
    return failure(error.status_code, reason, error.headers)


async def _full(request: Request, error: Exception) -> Response:
    assert isinstance(error, Full)
    return failure(HTTPStatus.TOO_MANY_REQUESTS, str(error), {"Retry-After": str(error.seconds)})
