import pytest

from joulebook_lab.paths import WorkspacePathError, free_name, inside, relative


@pytest.mark.parametrize(
    "named",
    ["../secret", "a/../../secret", ".ssh/id", "a/.hidden/b", "a\\..\\b", "a\0b", "/../secret", "./../x"],
)
def test_paths_that_leave_or_hide_are_refused(workspace, named):
    with pytest.raises(WorkspacePathError, match="inside the workspace"):
        inside(workspace, named)


@pytest.mark.parametrize("named", ["", "/", "a.cell.json", "/a.cell.json", "b/c d.cell.json"])
def test_paths_below_the_workspace_are_found(workspace, named):
    assert inside(workspace, named) == workspace.resolve() / named.lstrip("/")


def test_a_link_that_leads_out_is_refused(workspace, tmp_path):
    (tmp_path / "secret.cell.json").write_text("{}")
    (workspace / "linked.cell.json").symlink_to(tmp_path / "secret.cell.json")
    (workspace / "one" / "two").mkdir(parents=True)
    (workspace / "one" / "two" / "out").symlink_to(tmp_path)
    for named in ("linked.cell.json", "one/two/out/secret.cell.json"):
        with pytest.raises(WorkspacePathError, match="leads out"):
            inside(workspace, named)


@pytest.mark.parametrize("link", ["Project", "projects/cells"])
def test_a_linked_group_folder_belongs_to_the_workspace(workspace, tmp_path, link):
    group = tmp_path / "group"
    group.mkdir()
    (group / "out").symlink_to(tmp_path)
    (workspace / link).parent.mkdir(exist_ok=True)
    (workspace / link).symlink_to(group)
    found = inside(workspace, f"{link}/a.cell.json")
    assert found == group.resolve() / "a.cell.json"
    assert relative(workspace, found) == f"{link}/a.cell.json"
    with pytest.raises(WorkspacePathError, match="leads out"):
        inside(workspace, f"{link}/out/secret")


def test_free_names_count_up(workspace):
    assert free_name(workspace, "LG M50", ".cell.json").name == "LG M50.cell.json"
    (workspace / "LG M50.cell.json").touch()
    (workspace / "LG M50 2.cell.json").touch()
    assert free_name(workspace, "LG M50", ".cell.json").name == "LG M50 3.cell.json"
