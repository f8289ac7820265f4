"""All addresses. Each view names its permission (`needs`) or stands on the short public list of the tests."""

from allauth.account import views as account
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_http_methods, require_safe

from zachetka.web import errors, my_sign_in, outside_entry, password, second_step


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process can reach its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ready": True})


_form = require_http_methods(["GET", "HEAD", "POST"])
"""allauth's pages answer any method; ours know three."""

urlpatterns = [
    path("", include("zachetka.learning.urls")),  # first: addresses are tried in turn, and these are asked for all day
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/login/", _form(account.login), name="account_login"),
    path("accounts/logout/", _form(account.logout), name="account_logout"),
    path("accounts/login/second/", second_step.second_step, name="account_second_step"),
    path("accounts/security/", my_sign_in.security, name="account_security"),
    path("accounts/security/app/", my_sign_in.add_app, name="account_add_app"),
    path("accounts/security/key/", my_sign_in.add_key, name="account_add_key"),
    path("accounts/security/factors/<int:pk>/end/", my_sign_in.end_factor, name="account_end_factor"),
    path("accounts/security/codes/", my_sign_in.renew_codes, name="account_renew_codes"),
    path("accounts/security/sessions/<uuid:uid>/end/", my_sign_in.end_session, name="account_end_session"),
    path("accounts/security/sessions/end/", my_sign_in.end_sessions, name="account_end_sessions"),
    path("accounts/outside/", outside_entry.enter, name="account_oidc"),
    path("accounts/outside/back/", outside_entry.back, name="account_oidc_back"),
    path("accounts/security/outside/link/", outside_entry.link, name="account_oidc_link"),
    path("accounts/security/outside/end/", outside_entry.unlink, name="account_oidc_end"),
    path("accounts/password/change/", password.change, name="account_change_password"),
    path("", include("zachetka.web.urls")),
    path("", include("zachetka.web.help.urls")),
    path("", include("zachetka.jobs.urls")),
    path("", include("zachetka.notices.urls")),
    path("", include("zachetka.people.urls")),
    path("", include("zachetka.people.upload_urls")),
    path("", include("zachetka.web.events.urls")),
    path("", include("zachetka.programs.urls")),
    path("", include("zachetka.registers.urls")),
    path("", include("zachetka.destruction.urls")),
    path("", include("zachetka.exchange.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
