"""PDF and HTML hold what the model says, fetch nothing, and are the same bytes each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pypdf
import pytest

from joulebook.core.errors import ReportError
from joulebook.report import render_pages, to_html, write_html, write_pdf
from joulebook.report.make import templates

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Structure(HTMLParser):
    """Checks that tags are closed, collects names, targets and loaded addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name == "href" and value.startswith("#"):
                self.targets.append(value[1:])
            elif name in {"src", "srcset", "data", "poster"} or (name == "href" and tag != "a"):
                self.loaded.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def text_of(path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def test_pdf_says_what_the_model_says(small_report, tmp_path):
    path = write_pdf(small_report, tmp_path / "a.pdf")
    text = text_of(path)
    for words in ("LG M50 <cell>", "5.15", "Balance & more", "85.2", "Thickness (µm)", "doi:10.1149/x", "Page 1 of"):
        assert words in text
    assert small_report.content_digest()[:32] in text
    assert pypdf.PdfReader(path).metadata.title == "LG M50 <cell>"


def test_pdf_is_the_same_each_time_and_has_its_fonts(small_report, tmp_path):
    first = write_pdf(small_report, tmp_path / "a.pdf").read_bytes()
    assert write_pdf(small_report, tmp_path / "b.pdf").read_bytes() == first
    reader = pypdf.PdfReader(tmp_path / "a.pdf")
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.get_object())


def test_pages_are_pictures(small_report):
    assert all(page.startswith(b"\x89PNG") for page in render_pages(small_report, dots_per_inch=40))


def test_html_is_well_formed_and_loads_nothing(small_report):
    page = to_html(small_report)
    structure = Structure()
    structure.feed(page)
    assert structure.open == []
    assert structure.loaded == []
    assert len(set(structure.ids)) == len(structure.ids)
    assert set(structure.targets) <= set(structure.ids)
    assert "<script" not in page and "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_html_says_what_the_model_says(small_report, tmp_path):
    page = write_html(small_report, tmp_path / "a.html").read_text(encoding="utf-8")
    for words in ("LG M50 &lt;cell&gt;", "Balance &amp; more", "85.2", "5 * 1", "a &lt; b", "Deeper.", "<math"):
        assert words in page
    assert page == to_html(small_report)
    assert small_report.content_digest() in page
    assert "stroke: var(--ink)" in page


def test_missing_folder_is_told(small_report, tmp_path):
    for write, name in ((write_pdf, "a.pdf"), (write_html, "a.html")):
        with pytest.raises(ReportError, match="cannot be written"):
            write(small_report, tmp_path / "missing" / name)


def test_templates_are_found():
    assert "cell_design" in templates()
