"""A hub whose proxy is Traefik: people sign in through it, a server gets its route, nothing is left at the end."""

from __future__ import annotations


def test_sign_in_and_a_server_through_traefik(new_hub, port_is_free):
    hub = new_hub(JOULEBOOK_PROXY="traefik")
    started = hub.up()
    assert started.returncode == 0, started.stderr
    ports = hub.used_ports
    assert hub.member("traefik").is_running()
    browser = hub.admin()
    path = hub.start_server(browser, "admin")
    assert browser.get(path + "/api/status").status_code in {200, 403}
    assert browser.get(path + "/lab").status_code == 200
    outside = hub.browser()
    assert "/hub/login" in outside.get(path + "/lab").url, "a stranger is sent to sign in"
    assert outside.get("/hub/login").status_code == 200
    assert hub.down().returncode == 0
    assert not hub.members() and all(port_is_free(port) for port in ports)
