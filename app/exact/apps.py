"""Our apps as registered with Exact, one per country."""

from pydantic import SecretStr

from app.exact.oauth import App
from app.settings import Settings


def app_in(settings: Settings, country: str) -> App:
    """Return the app of a country; raise `KeyError` if EXACT_APPS has none."""
    registered = settings.exact_apps[country]
    host = settings.exact_host(country)
    return App(
        host=host,
        client_id=registered.client_id,
        client_secret=registered.client_secret,
        redirect_uri=settings.oauth_redirect_uri,
    )


def app_of(settings: Settings, *, host: str, client_id: str) -> App:
    """Return the app of a sign-in; without its secret in the settings, the secret is empty and Exact refuses it."""
    secrets = {app.client_id: app.client_secret for app in settings.exact_apps.values()}
    secret = secrets.get(client_id, SecretStr(""))
    return App(host=host, client_id=client_id, client_secret=secret, redirect_uri=settings.oauth_redirect_uri)
