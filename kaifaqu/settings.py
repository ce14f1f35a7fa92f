"""Settings, read top to bottom. Each difference between installations is one environment variable with a working default."""

import logging
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import xstatic.pkg.leaflet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool) -> bool:
    """Return the variable as True or False; raise ImproperlyConfigured for any other word."""
    word = os.environ.get(name, str(default))
    if word not in ("True", "False"):
        raise ImproperlyConfigured(f"{name}={word!r}：请写 True 或 False。")
    return word == "True"


def number(name: str, *, default: int) -> int:
    """Return the variable as a whole number above zero; raise ImproperlyConfigured for anything else."""
    word = os.environ.get(name, str(default))
    if not (word.isascii() and word.isdecimal() and int(word)):
        raise ImproperlyConfigured(f"{name}={word!r}：请写正整数。")
    return int(word)


def one_of(name: str, *words: str) -> str:
    """Return the variable, by default the first word; raise ImproperlyConfigured for any other."""
    word = os.environ.get(name, words[0])
    if word not in words:
        raise ImproperlyConfigured(f"{name}={word!r}：请写 {'、'.join(words)} 之一。")
    return word


def database(url: str) -> dict:
    """Return Django's settings for sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME."""
    parts = urlsplit(url)
    try:
        port = parts.port or ""
    except ValueError:
        raise ImproperlyConfigured(f"KAIFAQU_DATABASE_URL={url!r}：端口应为 1 至 65535 的整数。") from None
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            # Django's defaults fail under concurrent writers; a writer waits as long as a hundred thousand rows may take.
            # secure_delete leaves no erased personal fact in a free page.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
    if parts.scheme == "postgresql":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": port,
            # Compiling a statement of many figures to machine code takes longer than all the rest of it.
            "OPTIONS": {"options": "-c jit=off"},
        }
    raise ImproperlyConfigured(f"KAIFAQU_DATABASE_URL={url!r}：请写 sqlite:///路径 或 postgresql://用户:口令@主机/库名。")


def mail_server(url: str) -> dict:
    """Return Django's settings for smtp://USER:PASSWORD@HOST:PORT, smtps:// (TLS at once) or smtp+tls:// (STARTTLS); "" for none."""
    if not url:
        return {"EMAIL_HOST": ""}
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    try:
        port = parts.port or ports[parts.scheme]
    except (ValueError, KeyError):
        port = 0
    if not port or not parts.hostname:
        forms = "smtp://用户:口令@主机:端口，加密的写 smtps:// 或 smtp+tls://"  # not what was written: a password may stand in it
        raise ImproperlyConfigured(f"KAIFAQU_SMTP_URL：请写 {forms}。")
    return {
        "EMAIL_HOST": parts.hostname, "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""), "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps", "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def site(url: str) -> str:
    """Return the address under which people open this installation, without a slash at its end."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise ImproperlyConfigured(f"KAIFAQU_ADDRESS={url!r}：请写 http://主机:端口 或 https://主机。")
    return url.rstrip("/")


def secret(path: Path) -> str:
    """Return this installation's secret key, made at the first start and kept in its data folder."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


EDITION = os.environ.get("KAIFAQU_EDITION", "")  # the kind of organisation that an empty installation is founded for
if EDITION and not (EDITION.isascii() and EDITION.isalpha()):  # it names a folder
    raise ImproperlyConfigured(f"KAIFAQU_EDITION={EDITION!r}：请写版本的代码，如 zone、company、recycler。")
HOME = Path(os.environ.get("KAIFAQU_HOME", BASE_DIR / "-".join(filter(None, ("var", EDITION)))))
DEMO = flag("KAIFAQU_DEMO", default=True)  # load the demo zone into an empty installation
DEBUG = flag("KAIFAQU_DEBUG", default=False)
SECRET_KEY = os.environ.get("KAIFAQU_SECRET_KEY") or secret(HOME / "secret_key")
ALLOWED_HOSTS = os.environ.get("KAIFAQU_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
HTTPS = flag("KAIFAQU_HTTPS", default=False)  # served behind HTTPS: cookies travel nowhere else
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # the proxy in front says how the reader came; waitress lets only KAIFAQU_TRUSTED_PROXY say it
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_AGE = 8 * 3600  # a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

DATABASES = {"default": database(os.environ.get("KAIFAQU_DATABASE_URL", f"sqlite:///{HOME / 'kaifaqu.sqlite3'}"))}
# Not a server: Parquet files under HOME/columnar, read by DuckDB in this process. Never migrated, checked or written to.
DATABASES["columnar"] = {
    "ENGINE": "kaifaqu.engine.backend", "NAME": "columnar", "CONN_MAX_AGE": None, "TEST": {"MIRROR": "default", "MIGRATE": False},
}
ENGINE = one_of("KAIFAQU_ENGINE", "auto", "on", "off")  # auto: the registers that are large enough
ENGINE_ROWS = number("KAIFAQU_ENGINE_ROWS", default=1_000_000)  # version rows above which auto measures a register there
ENGINE_LAG = number("KAIFAQU_ENGINE_LAG", default=10_000)  # events that auto adds to the files before it answers for today
ENGINE_THREADS = number("KAIFAQU_ENGINE_THREADS", default=2)
ENGINE_MEMORY = f"{number('KAIFAQU_ENGINE_MEMORY_MB', default=1000)}MB"  # of the process, beyond which DuckDB uses the disk
UPLOAD_DAYS = number("KAIFAQU_UPLOAD_DAYS", default=90)  # how long a table that was handed in waits to be written
FONTS = os.environ.get("KAIFAQU_FONTS", "")  # folder of the fonts of PDFs; by default the system's
vars().update(mail_server(os.environ.get("KAIFAQU_SMTP_URL", "")))  # without it no mail goes out
EMAIL_TIMEOUT = 5  # seconds: the worker waits no longer for a server that says nothing
DEFAULT_FROM_EMAIL = os.environ.get("KAIFAQU_MAIL_FROM", "kaifaqu@localhost")
SERVED = f"http://{os.environ.get('KAIFAQU_HOST', '127.0.0.1')}:{os.environ.get('KAIFAQU_PORT', '8000')}"
ADDRESS = site(os.environ.get("KAIFAQU_ADDRESS", SERVED))  # under which people open this installation: it stands in messages
NOTICE_HOUR = number("KAIFAQU_NOTICE_HOUR", default=7)  # of the day, from which what is due by the calendar goes out
NOTICE_DAYS = number("KAIFAQU_NOTICE_DAYS", default=180)  # how long a message that was read is kept
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def rooms(folder: str) -> list[str]:
    """Return the applications of a folder of the house: every room that has models or says that it is one, found by looking."""
    found = {room.parent.name for name in ("models", "apps") for room in (BASE_DIR / "kaifaqu" / folder).glob(f"*/{name}.py")}
    return [f"kaifaqu.{folder}.{name}" for name in sorted(found)]


INSTALLED_APPS = [
    "kaifaqu.kernel",
    "kaifaqu.clocks",
    "kaifaqu.jobs",
    "kaifaqu.files",
    "kaifaqu.engine",
    "kaifaqu.sheets",
    "kaifaqu.pages",
    "kaifaqu.cases",
    *rooms("registers"),
    *rooms("domains"),
    *rooms("reporting"),
    *rooms("interfaces"),
    "kaifaqu.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
]
AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = ["kaifaqu.web.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kaifaqu.web.middleware.OneAddress",
    "kaifaqu.web.middleware.PlainQuery",
    "kaifaqu.web.middleware.Domains",
    "kaifaqu.web.middleware.ContentSecurityPolicy",
]
ROOT_URLCONF = "kaifaqu.urls"
WSGI_APPLICATION = "kaifaqu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kaifaqu.web.context.installation",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kaifaqu" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [("leaflet", xstatic.pkg.leaflet.BASE_DIR)]  # its script and styles come in the wheel
WHITENOISE_USE_FINDERS = True  # no collecting step: one process serves a zone
if "test" in sys.argv[:2] or "pytest" in sys.modules:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test signs in hundreds of times


def without_stack(record: logging.LogRecord) -> bool:
    """Take the stack from what is said of a refused request: one line is enough where nothing of ours broke."""
    if getattr(record, "status_code", 500) < 500:
        record.exc_info = None
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"stack": {"()": "django.utils.log.CallbackFilter", "callback": without_stack}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["stack"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
