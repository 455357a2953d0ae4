"""Configuration of the documentation; the build needs no network."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions")]
sys.path += [str(HERE.parent / folder) for folder in ("solvers", "kernels", "extension", "hub_config")]

from joulebook.core.version import __version__  # noqa: E402

project = "Joulebook"
author = "Joulebook contributors"
copyright = author
release = version = __version__

extensions = ["myst_nb", "sphinx_design", "reference_pages"]
exclude_patterns = ["_build", "_extensions", "**.ipynb_checkpoints"]
root_doc = "index"
language = "en"
nitpicky = True

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / ".jupyter_cache")
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_execution_show_tb = True
nb_ipywidgets_js = {}  # the default would fetch scripts; pages show pictures of widgets instead
nb_kernel_rgx_aliases = {"joulebook-.*": "python3"}  # so that the build needs no installed kernel of ours
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type"]  # HoloViews marks its outputs for live kernels

html_theme = "furo"
html_title = f"Joulebook {version}"
html_static_path = ["_static"]
html_css_files = ["joulebook.css"]
html_show_sphinx = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f4e79", "color-brand-content": "#1f4e79"},
    "dark_css_variables": {"color-brand-primary": "#7fb2e5", "color-brand-content": "#7fb2e5"},
}
html_math_renderer = "joulebook_mathml"
