"""The report as one HTML page: the figures, their charts, and sentences that say what matters."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.report.content import ReportContent
from api.report.drawings import report_charts
from api.report.language import ReportLanguage, ReportLocale
from api.report.sentences import summary_sentences
from api.report.writer import ReportWriter
from ioc.catalogue.city import Catalogue
from ioc.figures.sketch import ERROR

TEMPLATES = Path(__file__).parent / "templates"
_PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_CSS = (TEMPLATES / "report.css").read_text()


class ReportPage(NamedTuple):
    """A page, and its content security policy: nothing is loaded, and only the page's own style holds."""

    html: str
    policy: str


def render_report(
    content: ReportContent, catalogue: Catalogue, language: ReportLanguage, other_address: str
) -> ReportPage:
    """Return the page; `other_address` is the address of the same report in the other language."""
    writer = ReportWriter(content, catalogue, ReportLocale(language, catalogue.zone))
    charts = {} if content.empty else dict(report_charts(writer))
    css = "\n".join([_CSS, *(chart.css for chart in charts.values())])
    html = _PAGES.get_template("report.html").render(
        t=writer.locale,
        w=writer,
        c=content,
        css=Markup(css),
        charts={name: Markup(chart.svg) for name, chart in charts.items()},
        sentences=summary_sentences(writer),
        other_address=other_address,
        error=writer.locale.percent(ERROR),
    )
    return ReportPage(html, _policy(css))


def _policy(css: str) -> str:
    digest = b64encode(sha256(css.encode()).digest()).decode()
    own_style = f"style-src 'sha256-{digest}'; img-src data:"
    return f"default-src 'none'; {own_style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
