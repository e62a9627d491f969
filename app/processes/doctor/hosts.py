"""Exact Online, Banqup and the issuers of tokens, each asked for what the service asks of it."""

import os
import ssl
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from app.api import keys
from app.banqup.client import Banqup
from app.clock import Clock
from app.errors import TryLater
from app.exact import oauth
from app.exact.apps import app_in
from app.processes.doctor.finding import Finding, clock
from app.processes.doctor.places import is_loopback
from app.reasons import BANQUP_REFUSES_APP
from app.settings import Settings
from app.signed_tokens import UnusableKey, WeakKey

TIMEOUT = httpx.Timeout(10.0)


async def check(settings: Settings) -> list[Finding]:
    """Check every host, then the clocks of those that answered."""
    dates: dict[str, str] = {}

    async def note_date(response: httpx.Response) -> None:
        if date := response.headers.get("date"):
            dates[response.url.netloc.decode()] = date

    async with httpx.AsyncClient(timeout=TIMEOUT, event_hooks={"response": [note_date]}) as http:
        found = [await _exact(settings, country, http) for country in settings.exact_apps]
        found.append(await _banqup(settings, http))
        found += [await _keys(subject, setting, url, http) for subject, setting, url in _key_sets(settings)]
    return found + [clock(host, parsedate_to_datetime(date)) for host, date in dates.items()]


async def _exact(settings: Settings, country: str, http: httpx.AsyncClient) -> Finding:
    """Open the sign-in page of our app, as a browser does; nobody signs in."""
    subject, app = f"Exact Online {country}", app_in(settings, country)
    try:
        answer = await http.get(oauth.authorization_url(app, state="doctor"))
    except httpx.HTTPError as error:
        return _silent(subject, app.host, error, "EXACT_BASE_URL")
    if answer.status_code in (400, 401, 403):
        advice = (
            f"Check client_id of {country} in EXACT_APPS, and register {app.redirect_uri} with Exact, letter by letter."
        )
        return Finding(subject, f"{app.host} refuses our app ({answer.status_code})", advice)
    if answer.is_error:
        return _strange(subject, app.host, f"answered {answer.status_code}", "EXACT_BASE_URL")
    return Finding(subject, f"{app.host} shows the sign-in page")


async def _banqup(settings: Settings, http: httpx.AsyncClient) -> Finding:
    """Fetch a token with our credentials."""
    url, client_id, secret = settings.banqup_api_url, settings.banqup_client_id, settings.banqup_client_secret
    try:
        await Banqup(http, url, client_id=client_id, client_secret=secret, clock=Clock()).sign_in()
    except TryLater as error:
        if isinstance(error.__cause__, httpx.HTTPError):
            return _silent("Banqup", url, error.__cause__, "BANQUP_API_URL")
        if error.reason.kind is BANQUP_REFUSES_APP:
            advice = "Check BANQUP_CLIENT_ID and BANQUP_CLIENT_SECRET."
            return Finding("Banqup", f"{url} refuses our credentials", advice)
        return _strange("Banqup", url, f"issued no token ({error.reason.sentence.rstrip('.')})", "BANQUP_API_URL")
    return Finding("Banqup", f"{url} issued a token")


def _key_sets(settings: Settings) -> Iterator[tuple[str, str, str]]:
    yield "Keys of the API's callers", "API_JWKS_URL", settings.api_jwks_url
    if settings.webhook_auth == "jwt" and settings.webhook_jwks_url:
        yield "Keys of the webhook messages", "WEBHOOK_JWKS_URL", settings.webhook_jwks_url


async def _keys(subject: str, setting: str, url: str, http: httpx.AsyncClient) -> Finding:
    """Fetch and parse the keys at this URL."""
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        return Finding(subject, url, f"Use https in {setting}: on the way, others could put keys of their own there.")
    try:
        usable, unusable = await keys.read(url, http)
    except httpx.HTTPStatusError as error:
        return _strange(subject, url, f"answered {error.response.status_code}", setting)
    except httpx.HTTPError as error:
        return _silent(subject, url, error, setting)
    except ValueError:
        return _strange(subject, url, "is no key set (JWKS)", setting)
    if not usable:
        return _strange(subject, url, f"lists no usable key{_named(unusable)}", setting)
    if weak := [(kid, error) for kid, error in unusable if isinstance(error, WeakKey)]:
        advice = f"Ask the issuer behind {setting} for stronger keys. Tokens signed with these are refused."
        return Finding(subject, f"{url} lists weak keys{_named(weak)}", advice)
    return Finding(subject, f"{len(usable)} key{'s' if len(usable) > 1 else ''} at {url}")


def _named(keys: Sequence[tuple[str, UnusableKey]]) -> str:
    """Return what is wrong with each of the first few keys, to be put after a phrase."""
    return "".join(f"; {kid} {error}" for kid, error in keys[:3])


def _strange(subject: str, url: str, seen: str, setting: str) -> Finding:
    return Finding(subject, f"{url} {seen}", f"Check {setting}. If it is right, try again later.")


def _silent(subject: str, url: str, error: httpx.HTTPError, setting: str) -> Finding:
    advice = f"Check {setting}, and whether this machine may reach that host."
    return Finding(subject, f"{url} does not answer: {_cause(error)}", advice)


def _cause(error: httpx.HTTPError) -> str:
    """Return the innermost cause in words; the errors of HTTP libraries wrap it several times."""
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {TIMEOUT.read:.0f} s"
    cause: BaseException = error
    while inner := cause.__cause__ or cause.__context__:
        cause = inner.exceptions[0] if isinstance(inner, BaseExceptionGroup) else inner
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return f"it does not speak TLS ({cause.reason})"
    if isinstance(cause, OSError) and (cause.errno or 0) > 0:
        return os.strerror(cause.errno or 0)
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
