import subprocess
import sys

import pytest

from joulebook.core import progress as core_progress
from joulebook_lab import magics


class Events:
    def __init__(self):
        self.callbacks = []

    def register(self, name, callback):
        assert name == "pre_run_cell"
        self.callbacks.append(callback)

    def unregister(self, name, callback):
        self.callbacks.remove(callback)


class Shell:
    def __init__(self, kernel):
        self.kernel, self.events = kernel, Events()


class Cell:
    def __init__(self, source):
        self.raw_cell = source


@pytest.fixture
def quiet(monkeypatch):
    """No warm-up thread and no Bokeh; the default progress is put back afterwards."""
    loaded = []
    monkeypatch.setattr(core_progress, "_default", core_progress.NullProgress)
    monkeypatch.setattr(magics, "_warm", lambda: None)
    monkeypatch.setattr(magics, "_load_bokeh", loaded.append)
    return loaded


def test_a_notebook_gets_widget_progress_and_plots_on_first_use(quiet):
    shell = Shell(kernel=object())
    magics.load(shell)
    assert type(core_progress.progress_or_default(None)) is magics.LateProgress
    (before_cell,) = shell.events.callbacks
    before_cell(Cell("run = simulate(cell)"))
    assert quiet == []
    before_cell(Cell("run.plot('voltage')"))
    assert quiet == [shell] and shell.events.callbacks == []


@pytest.mark.parametrize("cell", ["run.plot()", "run.plot_ageing()", "run.plot_profiles('x')", "hv.Curve([1, 2])"])
def test_whatever_draws_loads_the_plots(quiet, cell):
    shell = Shell(kernel=object())
    magics.load(shell)
    shell.events.callbacks[0](Cell(cell))
    assert quiet == [shell]


def test_a_terminal_gets_a_terminal_bar(quiet):
    shell = Shell(kernel=None)
    magics.load(shell)
    assert type(core_progress.progress_or_default(None)) is core_progress.TerminalProgress
    assert shell.events.callbacks == []


def test_the_bar_shows_late_and_with_all_that_was_done(monkeypatch):
    shown = []
    monkeypatch.setattr(core_progress.WidgetProgress, "start", lambda self, total, label: shown.append((total, label)))
    monkeypatch.setattr(core_progress.WidgetProgress, "advance", lambda self, amount, **facts: shown.append(amount))
    now = [0.0]
    monkeypatch.setattr(magics.time, "monotonic", lambda: now[0])
    bar = magics.LateProgress()
    bar.start(10, "solving")
    bar.advance(1)
    bar.advance(2)
    assert shown == []
    now[0] = 1.1
    bar.advance(3)
    bar.advance(1)
    bar.finish()
    assert shown == [(10, "solving"), 6, 1]


def test_plots_carry_their_style_sheets():
    code = (
        "import holoviews, re\n"
        "from joulebook_lab.magics import _keep_plots_offline\n"
        "holoviews.extension('bokeh')\n"
        "_keep_plots_offline(); _keep_plots_offline()\n"
        "for plot in (holoviews.Curve([1, 2]), holoviews.Curve([1, 2]) + holoviews.Curve([2, 1])):\n"
        "    data, _ = holoviews.renderer('bokeh').components(plot)\n"
        "    html = data['text/html']\n"
        "    assert len(html) > 1000\n"
        "    print(re.findall('https?://cdn[^\"]*', html))\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["[]", "[]"], out.stderr
