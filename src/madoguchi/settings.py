"""One settings file; the environment decides.

MADOGUCHI_MODE is demo (an invented city), serve (an installation) or test. All that a run writes lies under MADOGUCHI_HOME
(default `var/<mode>` in the project): database, files/, keys/, log/. docs/operate/settings.md lists every variable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dj_database_url
import django.conf.locale
from csp.constants import NONCE, NONE, SELF

PACKAGE = Path(__file__).resolve().parent


def env(name: str, default: str = "") -> str:
    """A variable, or the content of the file that NAME_FILE names (for secrets handed over as files)."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(name, default)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


MODE = env("MADOGUCHI_MODE", "test" if "pytest" in sys.modules else "serve")
DEMO, TESTING = MODE == "demo", MODE == "test"
PROJECT = PACKAGE.parents[1] if (PACKAGE.parents[1] / "pyproject.toml").exists() else Path.cwd()
HOME = Path(env("MADOGUCHI_HOME", str(PROJECT / "var" / MODE)))
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)  # answers and files of residents: for nobody else on this machine
KEYS_DIR, LOG_DIR = HOME / "keys", HOME / "log"
SERVE = env("MADOGUCHI_SERVE", "all")  # all | resident | desk: which half this process answers
PUBLIC_URL = env("MADOGUCHI_PUBLIC_URL", "http://localhost:8000")  # what stands in notices and on paper

DEBUG = False
SECRET_KEY = env("MADOGUCHI_SECRET_KEY")
if not SECRET_KEY:
    from madoguchi.lib.keys import text_key

    SECRET_KEY = text_key(KEYS_DIR, "django")

ALLOWED_HOSTS = env_list("MADOGUCHI_HOSTS") or ["localhost", "127.0.0.1", "[::1]", "testserver"]
INTERNAL_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = INTERNAL_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if INTERNAL_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if INTERNAL_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "madoguchi.accounts.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if INTERNAL_HTTPS else []
RESIDENT_SIGN_IN, DESK_SIGN_IN = "applications:sign_in", "accounts_shared:desk_sign_in"
# Where every desk page's search box and its slot for opinions lead; "" for none.
DESK_SEARCH, DESK_FEEDBACK = "applications_desk:queue", "applications_desk:feedback"

# -- rooms: a branch that a city does not want is left out here and nothing else changes --------------------------------

ROOMS = ["accounts", "jobs", "notices", "procedures", "applications", "nursery"]
INSTALLED_APPS = [
    *(f"madoguchi.{room}" for room in ROOMS),
    *(["madoguchi.demo"] if MODE in ("demo", "test") else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
]

MIDDLEWARE = [
    "madoguchi.accounts.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "madoguchi.accounts.middleware.WithoutNul",
    "madoguchi.accounts.middleware.TwoCookies",
    "madoguchi.accounts.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "madoguchi.accounts.middleware.Scope",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "madoguchi.accounts.middleware.Member",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "madoguchi.accounts.middleware.ShowRefused",
]

ROOT_URLCONF = "madoguchi.urls"
WSGI_APPLICATION = "madoguchi.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "madoguchi.accounts.backends.page_context",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "madoguchi.lib.tags"],
        },
    }
]

# -- database, cache, tasks ---------------------------------------------------------------------------------------------

DATABASES = {"default": dj_database_url.parse(env("DATABASE_URL") or f"sqlite:///{HOME / 'madoguchi.sqlite3'}", conn_max_age=60)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads and then writes must not lose to another (docs/decisions/0003-database.md).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an accepted application may not vanish on power loss.
        "init_command": "".join(
            f"PRAGMA {pragma};"
            # recursive_triggers: without it REPLACE deletes a row past the guard that forbids deleting.
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "recursive_triggers=ON",
                "temp_store=MEMORY",
                "cache_size=-20000",
            )
        ),
    }
DATABASES["default"]["TEST"] = {"NAME": "madoguchi_test" if "postgres" in DATABASES["default"]["ENGINE"] else None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_PREFIX": MODE,
        # The limiter's counts: at the usual 300 rows a third of them would be forgotten whenever it is busy.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# -- people -------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher" if not TESTING else "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
RESIDENT_COOKIE, DESK_COOKIE, LANGUAGE_COOKIE_NAME = "madoguchi", "madoguchi_desk", "madoguchi_language"
ANONYMOUS_REST_SECONDS = 30 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- languages and time -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("ja-plain", "やさしい日本語"), ("en", "English")]
django.conf.locale.LANG_INFO["ja-plain"] = {"bidi": False, "code": "ja-plain", "name": "Plain Japanese", "name_local": "やさしい日本語"}
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# -- files --------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT), "base_url": None}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
PDF_FONTS = env_list("MADOGUCHI_FONTS")  # directories; empty: the system's, else the font from matplotlib-fontja

# -- what can be swapped: Django's own shape ------------------------------------------------------------------------------

EMAIL_BACKEND = "madoguchi.notices.backends.QuotingSmtp"
EMAIL_HOST, EMAIL_PORT = env("MADOGUCHI_SMTP_HOST"), int(env("MADOGUCHI_SMTP_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("MADOGUCHI_SMTP_USER"), env("MADOGUCHI_SMTP_PASSWORD")
EMAIL_USE_TLS = env("MADOGUCHI_SMTP_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("MADOGUCHI_FROM", "madoguchi@localhost")
NOTICE_CHANNELS = {
    "email": {"BACKEND": "madoguchi.notices.backends.Email", "OPTIONS": {}},
    "post": {"BACKEND": "madoguchi.notices.backends.Post", "OPTIONS": {}},
}
if DEMO or TESTING:  # every mail can be read on the mailbox page; nothing leaves the machine
    NOTICE_CHANNELS["email"] = {"BACKEND": "madoguchi.notices.backends.Mailbox", "OPTIONS": {}}
CLOCK = [  # what happens by itself, every minute, in each municipality's scope
    "madoguchi.notices.actions.try_again",
    "madoguchi.applications.actions.remind_corrections",
    "madoguchi.applications.actions.tell_ending_drafts",
    "madoguchi.applications.actions.sweep_drafts",
    "madoguchi.applications.actions.sweep_filings",
    "madoguchi.applications.actions.sweep_exports",
    "madoguchi.accounts.actions.sweep_proofs",
    "madoguchi.procedures.actions.publish_due",
    "madoguchi.procedures.actions.refresh_standing",
    "madoguchi.jobs.actions.sweep",
]
CASE_PANELS: dict[str, dict[str, object]] = {
    "together": {"BACKEND": "madoguchi.applications.backends.TogetherPanel"},
    "nursery": {"BACKEND": "madoguchi.nursery.backends.NurseryPanel"},
}
STATUS_PANELS: dict[str, dict[str, object]] = {"nursery": {"BACKEND": "madoguchi.nursery.backends.ResultPanel"}}
MENUS: dict[str, dict[str, object]] = {
    "applications": {"BACKEND": "madoguchi.applications.backends.CasesMenu"},
    "nursery": {"BACKEND": "madoguchi.nursery.backends.NurseryMenu"},
    "procedures": {"BACKEND": "madoguchi.procedures.backends.ProceduresMenu"},
    "inventory": {"BACKEND": "madoguchi.procedures.backends.InventoryMenu"},
    "outages": {"BACKEND": "madoguchi.procedures.backends.OutagesMenu"},
    "notices": {"BACKEND": "madoguchi.notices.backends.NoticesMenu"},
    "jobs": {"BACKEND": "madoguchi.jobs.backends.JobsMenu"},
}
PAGE_BANNERS: dict[str, dict[str, object]] = {"outages": {"BACKEND": "madoguchi.procedures.backends.OutageBanner"}}
OUTAGE_NEAR_HOURS = int(env("MADOGUCHI_OUTAGE_HOURS", "12"))  # a deadline so many hours after an outage is offered for moving too
DEADLINE_KEEPERS: dict[str, dict[str, object]] = {"corrections": {"BACKEND": "madoguchi.applications.views.outages.Corrections"}}
PATH_COUNTS: dict[str, dict[str, object]] = {"applications": {"BACKEND": "madoguchi.applications.backends.Paths"}}
FORM_PREVIEWS: dict[str, dict[str, object]] = {"page": {"BACKEND": "madoguchi.applications.views.preview.PagePreview"}}
UNDER_WAY: dict[str, dict[str, object]] = {"applications": {"BACKEND": "madoguchi.applications.batches.UnderWay"}}
FILING_COUNTS: dict[str, dict[str, object]] = {"applications": {"BACKEND": "madoguchi.applications.backends.OnlineFilings"}}
PROCEDURE_USE: dict[str, dict[str, object]] = {"applications": {"BACKEND": "madoguchi.applications.backends.ProcedureUse"}}
PROCEDURE_PANELS: dict[str, dict[str, object]] = {
    "continue": {"BACKEND": "madoguchi.applications.backends.ContinuePanel"},
    "places": {"BACKEND": "madoguchi.applications.backends.PlacesPanel"},
    "nursery": {"BACKEND": "madoguchi.nursery.backends.ProcedurePanel"},
}

# -- safety -------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"short": {"()": "madoguchi.lib.logs.ShortPaths"}},
    "formatters": {"line": {"()": "madoguchi.lib.logs.WithoutWords", "format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["short"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "madoguchi": {"level": "INFO"},
        "django_tasks": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "waitress": {"level": "WARNING"},
    },
}
