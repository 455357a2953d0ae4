"""Web pages of the accounts."""

from joulebook_hub.handlers.accounts import AccountsPage
from joulebook_hub.handlers.own import PasswordPage, SecondFactorPage
from joulebook_hub.handlers.sign_in import CodePage, NewPasswordPage, SignInPage
from joulebook_hub.handlers.sign_up import SignUpPage

__all__ = ["ROUTES"]

ROUTES: list[tuple[str, type]] = [
    (r"/login", SignInPage),
    (r"/login/code", CodePage),
    (r"/login/new-password", NewPasswordPage),
    (r"/signup", SignUpPage),
    (r"/password", PasswordPage),
    (r"/second-factor", SecondFactorPage),
    (r"/accounts", AccountsPage),
]
