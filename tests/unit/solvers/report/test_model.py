"""The report model refuses what no writer could draw, and keeps its fingerprint."""

from __future__ import annotations

import json

import pytest

from joulebook.core.errors import InputError
from joulebook.report import Column, Equation, Figure, Paragraph, Provenance, Report, Section, Table
from joulebook.report.drawings import check_svg, follow_theme, strip_prolog
from joulebook.report.inline import citations_in, escape, plain, spans

HOSTILE = [
    "<svg><script>alert(1)</script></svg>",
    '<svg onload="alert(1)"></svg>',
    '<svg><a href="javascript:alert(1)"/></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="https://example.org/a.png"/></svg>',
    '<svg><rect style="fill: url(https://example.org/a)"/></svg>',
    "<svg><style>@import 'x.css';</style></svg>",
    "<svg><foreignObject/></svg>",
    '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
    "<svg>",
    "<p/>",
]


def test_document_round_trip(small_report):
    text = json.dumps(small_report.to_document(), ensure_ascii=False)
    assert Report.from_document(json.loads(text)) == small_report


def test_content_digest_ignores_the_day_and_nothing_else(small_report):
    later = Provenance(created="2030-01-01T00:00:00+00:00")
    assert small_report.model_copy(update={"provenance": later}).content_digest() == small_report.content_digest()
    assert small_report.model_copy(update={"title": "Other"}).content_digest() != small_report.content_digest()


def test_citation_without_reference_is_refused():
    with pytest.raises(InputError, match=r"'Nobody1900': cited, but not among the references"):
        Report(
            title="A",
            sections=(Section(title="B", blocks=(Paragraph(text="See [@Nobody1900]."),)),),
            provenance=Provenance(created="2026-01-01"),
        )


def test_row_of_the_wrong_length_is_refused():
    with pytest.raises(InputError, match="row 2 has 1 cells for 2 columns"):
        Table.of("A", (Column(title="a"), Column(title="b")), [("1", "2"), ("3",)])


@pytest.mark.parametrize("svg", HOSTILE)
def test_hostile_drawings_are_refused(svg):
    with pytest.raises(InputError):
        check_svg(svg)
    with pytest.raises(InputError):
        Figure(svg=svg, caption="c", alt="a")


def test_equation_outside_the_subset_is_refused_by_name():
    with pytest.raises(InputError, match=r"\\oiint is outside the LaTeX that reports draw"):
        Equation(latex=r"\oiint x")


def test_prolog_is_cut_and_theme_followed():
    svg = strip_prolog('<?xml version="1.0"?><!DOCTYPE svg><svg><metadata>x</metadata><path stroke="#22272E"/></svg>')
    assert svg == '<svg><path stroke="#22272E"/></svg>'
    assert follow_theme(svg) == '<svg><path stroke="var(--ink)"/></svg>'


@pytest.mark.parametrize("text", ["plain", "5 * 3 ** 2", "$5 and $6", "[@x] `code` \\", "a_b [1]", "**", ""])
def test_escaped_text_reads_as_itself(text):
    assert plain(escape(text)) == text
    assert [span.kind for span in spans(escape(text))] in (["text"], [])


def test_marks():
    text = "**a** *b* `c*d` $x^2$ [@Key_1] e"
    assert [span.kind for span in spans(text) if span.text.strip()] == [
        "strong",
        "emphasis",
        "code",
        "math",
        "citation",
        "text",
    ]
    assert citations_in(text) == ["Key_1"]
