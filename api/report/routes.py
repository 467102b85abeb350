"""GET /figures/report: the figures of a period as pages to print."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.figures.dependencies import RequestedPeriod, RequestedScope
from api.figures.periods import TooOld
from api.http.problems import Problem, problem_responses
from api.read_model.dependencies import TheReadModel
from api.report.content import report_content
from api.report.language import ReportLanguage
from api.report.page import render_report
from ioc.core.rejections import FieldError

router = APIRouter(tags=["figures"])
_PAGE_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get(
    "/figures/report",
    summary="Show the figures of a period as pages to print",
    response_class=HTMLResponse,
    responses=problem_responses(422, 503),
)
async def show_report(
    request: Request,
    model: TheReadModel,
    period: RequestedPeriod,
    scope: RequestedScope,
    lang: Annotated[ReportLanguage, Query(description="The language of the report")] = ReportLanguage.VI,
) -> Response:
    """One page that needs no other: main results, the course, QD 766, by service, unit and ward, with charts."""
    try:
        content = await report_content(model, period, scope)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [FieldError("from", str(error))]) from error
    other_language = ReportLanguage.EN if lang is ReportLanguage.VI else ReportLanguage.VI
    translation = request.url.include_query_params(lang=other_language)
    report = render_report(content, model.catalogue, lang, f"?{translation.query}")
    return HTMLResponse(report.html, headers={**_PAGE_HEADERS, "Content-Security-Policy": report.policy})
