"""One page of settings. Everything an operator may change is an environment variable `ZACHETKA_*`.

ZACHETKA_DATA_DIR            data folder: embedded database, files, keys, logs            ./var
ZACHETKA_ACADEMY_FILE        name, city and address of the academy, dated (docs/academy.md)  <data folder>/academy.toml
ZACHETKA_DATABASE_URL        a PostgreSQL ≥ 16 instead of the embedded one                (embedded)
ZACHETKA_PUBLIC_URL          the address people type; https switches on Secure cookies    http://localhost:<port>
ZACHETKA_PORT                port of the web server                                       8000
ZACHETKA_ALLOWED_HOSTS       more host names, comma-separated                             (from the public URL)
ZACHETKA_TRUSTED_PROXIES     networks of our own proxies, comma-separated: 10.0.0.0/8      (none)
ZACHETKA_SECRET_KEY          signs sessions; made and kept in the data folder when unset
ZACHETKA_MOODLE_URL          the Moodle that people and marks are read from                (none)
ZACHETKA_MOODLE_TOKEN_FILE   file with the token of its web service; the worker's alone   (none)
ZACHETKA_EXCHANGE_NETWORKS   our own networks in which it may stand: 10.1.0.0/24          (none: public addresses only)
ZACHETKA_FACTORS_KEY         encrypts second factors; made and kept in the data folder when unset (the same on every web server)
ZACHETKA_MFA_REQUIRED        1: nobody with a role of the staff works without a second factor; 0: as they wish     1; the demo 0
ZACHETKA_OIDC_ISSUER         the sign-in service of the academy (OpenID Connect), as it calls itself   (none: passwords alone)
ZACHETKA_OIDC_AUTHORIZE, _TOKEN   its addresses: where people are sent, where the code is exchanged; https
ZACHETKA_OIDC_CLIENT, _SECRET_FILE   how it calls us, and the file with what we prove that by; the web server's alone
ZACHETKA_DAYS_MOVED          days off moved by decree: 01.11.2027-08.11.2027, …              (2026 is known)
ZACHETKA_KEYS_DIR            folder of the ledger's signing key; the sealer's alone       <data folder>/keys
ZACHETKA_DEMO_PASSWORD       password of the demo accounts                                (random, printed)
ZACHETKA_SMTP_HOST           mail server for notices; without it no letters are made             (none)
ZACHETKA_SMTP_PORT           its port                                                     587
ZACHETKA_SMTP_SECURITY       starttls, tls, or none for a server on this machine          starttls
ZACHETKA_SMTP_USER           name at the mail server                                      (none)
ZACHETKA_SMTP_PASSWORD       password at the mail server; the worker's alone              (none)
ZACHETKA_MAIL_FROM           whom letters come from                                       Зачётка <no-reply@(host)>
ZACHETKA_RESULT_DAYS         days that a file made in the background is kept, 1 to 365     7
ZACHETKA_DEBUG               1 while developing: tracebacks in the browser                0

ZACHETKA_DUTY is no operator's: a command sets it for itself, and with it what its process can reach (`postgres/duties.py`).
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from zachetka.core.address import networks
from zachetka.core.working_days import days_moved, move_days
from zachetka.postgres.address import Place
from zachetka.postgres.duties import REACH, Duty, duty_of_process
from zachetka.postgres.programs import ServerTrouble

ROOT = Path(__file__).resolve().parent.parent


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"ZACHETKA_{name}", "").strip() or default


DATA_DIR = Path(_text("DATA_DIR", str(ROOT / "var"))).resolve()
DUTY = duty_of_process()
REACHED = REACH[DUTY]
KEYS_DIR: Path | None = Path(_text("KEYS_DIR", str(DATA_DIR / "keys"))).resolve() if REACHED.signs else None
"""Folder of the ledger's signing key; only the processes that sign know it."""

PORT = int(_text("PORT", "8000"))
PUBLIC_URL = _text("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
DEBUG = _text("DEBUG") == "1"


def _secret(name: str) -> str:
    """Return a secret kept in the data folder, made at the first start, readable by its owner only."""
    folder = DATA_DIR / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        draft = folder / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its secret is the one
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


SECRET_KEY = (_text("SECRET_KEY") or _secret("secret-key")) if REACHED.has_sessions else secrets.token_urlsafe(48)
FACTORS_KEY = (_text("FACTORS_KEY") or _secret("factors-key")) if REACHED.has_sessions else ""
"""Apart from SECRET_KEY: that one is changed when in doubt, and with it everybody would lose their second factor."""
MFA_REQUIRED = (_text("MFA_REQUIRED") or ("0" if (DATA_DIR / "demo.json").exists() else "1")) != "0"
"""Staff sign in with a second factor (ASVS 6.3.3). The demo academy, whose password is printed for everybody, asks for none:
`zachetka install` forgets the demo, and with it this exception."""
try:
    TRUSTED_PROXIES = networks(_text("TRUSTED_PROXIES"))
except ValueError as wrong:
    raise ServerTrouble(f"ZACHETKA_TRUSTED_PROXIES: нужны сети через запятую, как 10.0.0.0/8: {wrong}.") from wrong
"""Whose X-Forwarded-For is believed; nobody's by default."""
OIDC_ISSUER = _text("OIDC_ISSUER")
OIDC_AUTHORIZE, OIDC_TOKEN, OIDC_CLIENT = (_text(f"OIDC_{name}") for name in ("AUTHORIZE", "TOKEN", "CLIENT"))
OIDC_SECRET_FILE = Path(_text("OIDC_SECRET_FILE")) if _text("OIDC_SECRET_FILE") and REACHED.has_sessions else None
MOODLE_URL = _text("MOODLE_URL")
_token = _text("MOODLE_TOKEN_FILE")
MOODLE_TOKEN_FILE: Path | None = Path(_token) if _token else None
try:
    EXCHANGE_NETWORKS = networks(_text("EXCHANGE_NETWORKS"))
except ValueError as wrong:
    raise ServerTrouble(f"ZACHETKA_EXCHANGE_NETWORKS: нужны сети через запятую, как 10.1.0.0/24: {wrong}.") from wrong
"""Networks that are not public and yet may be gone to; none by default."""
try:
    move_days(days_moved(_text("DAYS_MOVED")))
except ValueError as wrong:
    raise ServerTrouble(
        f"ZACHETKA_DAYS_MOVED: нужны переносы выходных через запятую, как 01.11.2025-03.11.2025: {wrong}."
    ) from wrong
ALLOWED_HOSTS = sorted(
    {
        _public.hostname or "localhost",
        "localhost",
        "127.0.0.1",
        "[::1]",
        *filter(None, _text("ALLOWED_HOSTS").split(",")),
    }
)

# --- Rooms ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "zachetka.access",
    "zachetka.ledger",
    "zachetka.jobs",
    "zachetka.files",
    "zachetka.rendering",
    "zachetka.notices",
    "zachetka.people",
    "zachetka.programs",
    "zachetka.registers",
    "zachetka.learning",
    "zachetka.destruction",
    "zachetka.exchange",
    "zachetka.web",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "zachetka.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "zachetka.web.bodies.Bodies",
    "zachetka.web.errors.FaultPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "zachetka.web.sessions.SessionTerms",
    "zachetka.web.bodies.StrangersBodies",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zachetka.web.refusals.Refusals",
    "zachetka.web.confirmation.Confirmation",
]

ROOT_URLCONF = "zachetka.urls"
WSGI_APPLICATION = "zachetka.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ---------------------------------------------------------------------------------------------
PLANS = "-c plan_cache_mode=force_generic_plan" if DUTY == Duty.WEB else ""
"""The server plans a composed query once for a connection, not anew for its values: planning costs ten times the reading (0170)."""
DATABASES: dict[str, dict[str, Any]] = Place(DATA_DIR, _text("DATABASE_URL")).django_databases(REACHED.aliases)
for _alias, _terms in {
    "default": f"-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s {PLANS}".rstrip(),
    "sealer": "-c lock_timeout=5s",
}.items():
    if _alias in DATABASES:
        DATABASES[_alias]["OPTIONS"]["options"] = _terms
for _database in DATABASES.values():
    _database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    _database["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
DATABASES.setdefault("default", {})  # Django asks for one; an empty one reaches nothing
DATABASE_ROUTERS = ["zachetka.postgres.routing.DefaultOnly"]

# --- Pages ------------------------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zachetka.web.navigation.navigation",
            ],
            "builtins": ["zachetka.web.templatetags.zachetka"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [("guide", ROOT / "docs" / "guide" / "pictures")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "zachetka.web.finders.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60
FILES_DIR = DATA_DIR / "files"

LANGUAGE_CODE = "ru"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d"]

# --- Sign-in and sessions (security.md a.5, ASVS 6 and 7) -------------------------------------------------
AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["zachetka.access.backend.AccountBackend"]
PASSWORD_HASHERS = ["zachetka.access.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "zachetka.access.easy_passwords.NotEasyToGuess"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "display_name", "email")},
    },
]
ACCOUNT_ADAPTER = "zachetka.web.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False
"""allauth counts in a cache, each process its own; `access.throttle` counts in the database, atomically."""
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

CONFIRMATION_TERM = timedelta(minutes=5)
"""How long after proving who they are somebody may do what cannot be taken back (`access.policy.ANEW`; ASVS 7.5.3)."""
SESSION_ENGINE = "zachetka.access.sessions"
SESSION_TERMS = {
    "staff": (timedelta(minutes=15), timedelta(hours=12)),
    "learner": (timedelta(hours=2), timedelta(hours=24)),
}
"""Idle and absolute terms of a session (ASVS 7.3)."""
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=24).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "zachetka.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
USE_X_FORWARDED_HOST = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Letters (п. 2.4): only that there is something new, and where ----------------------------------------------------
EMAIL_HOST = _text("SMTP_HOST")
MAIL_IS_SET = bool(EMAIL_HOST)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_IS_SET else 'dummy'}.EmailBackend"
EMAIL_PORT = int(_text("SMTP_PORT", "587"))
EMAIL_HOST_USER = _text("SMTP_USER")
EMAIL_HOST_PASSWORD = _text("SMTP_PASSWORD") if REACHED.mails else ""
_security = _text("SMTP_SECURITY", "starttls")
if _security not in {"starttls", "tls", "none"}:
    raise ServerTrouble("ZACHETKA_SMTP_SECURITY: нужно starttls, tls или none.")
EMAIL_USE_TLS, EMAIL_USE_SSL = _security == "starttls", _security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _text("MAIL_FROM", f"Зачётка <no-reply@{_public.hostname or 'localhost'}>")

# --- Limits of what comes in (security.md J); by address in `web/bodies.py` ---------------------------------
FILE_UPLOAD_HANDLERS = [
    "zachetka.web.bodies.Stopping",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- The academy ------------------------------------------------------------------------------------------
ACADEMY_FILE = Path(_text("ACADEMY_FILE", str(DATA_DIR / "academy.toml")))
"""Name, city and address, dated; read by `core.academy`, sample in docs/academy.md."""

# --- Terms of 152-ФЗ: dated, since they change; the newest that has begun is in force -------------------------
PERSONAL_DATA_TERMS = {
    "answer": ((date(2022, 9, 1), 10),),
    "withdrawal": ((date(2022, 9, 1), 30),),
}
"""«answer»: working days for the answer to a data subject (ст. 20 ч. 1); «withdrawal»: calendar days in which data that
rest on a withdrawn consent alone are deleted (ст. 21 ч. 5). From memory («по памяти, не проверено»): a lawyer
compares it with the text of the law before the first use and corrects it here, with the day of the change."""

DESTRUCTION_PAPERS = (
    {
        "since": date(2023, 3, 1),
        "until": date(2029, 2, 28),
        "law": "приказ Роскомнадзора от 28.10.2022 № 179",
        "kept_years": 3,
        "extract": (
            ("subject", "Фамилия, имя, отчество субъекта или иной его идентификатор"),
            ("data", "Категории уничтоженных персональных данных"),
            ("system", "Наименование информационной системы персональных данных"),
            ("reason", "Причина уничтожения"),
            ("date", "Дата уничтожения"),
        ),
    },
)
"""Which paper says what the act of destruction and the extract from the journal of the system tell, and how long both are
kept. Second-hand («вторичный источник»: the order itself was not opened): a lawyer compares the five requisites and the days
with its text before the first use; after the last day no act is composed until a line is added here."""
PERSONAL_DATA_SYSTEM = "ИСПДн «Зачётка»"

_kept = _text("RESULT_DAYS", "7")
if not (_kept.isascii() and _kept.isdigit() and len(_kept) < 4 and 1 <= int(_kept) <= 365):
    raise ServerTrouble("ZACHETKA_RESULT_DAYS: нужно целое число дней от 1 до 365.")
RESULT_TERM = timedelta(days=int(_kept))
"""How long the file of a background job is kept; each job keeps the day that it was given when it ended."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "zachetka.core.logs.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"zachetka": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
