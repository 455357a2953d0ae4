"""Panel's front end is told that there is no layout, where Panel's server part is off."""

from joulebook_lab.panel_layout import layout_routes


async def test_a_saved_notebook_asks_and_is_answered(jp_fetch):
    answer = await jp_fetch("panel-preview", "layout", "tutorials", "first-cell.ipynb")
    assert answer.code == 204
    assert answer.body == b""


def test_panels_own_route_is_not_shadowed():
    assert layout_routes({"panel.io.jupyter_server_extension": True}) == []
    assert [pattern for pattern, _ in layout_routes({})] == ["/panel-preview/layout/(.*)"]
