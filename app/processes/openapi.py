"""The API's description as a file, generated from the code."""

import base64

import yaml
from pydantic import SecretStr

from app.main import create_app
from app.settings import ExactApp, Settings


def rendered() -> str:
    """Return the OpenAPI 3.1 document as YAML, the same on every machine."""
    document = create_app(_any_settings()).openapi()
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors and multi-line texts as blocks; quotes what other YAML readers take for a number."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if text[:1].isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _any_settings() -> Settings:
    """Return complete settings of which none appears in the description, so that no environment changes it."""
    key = base64.b64encode(bytes(32)).decode()
    return Settings.model_construct(
        database_url=SecretStr("postgresql://nowhere.invalid/any"),
        public_url="https://banqup-exact.example",
        secret_keys=[SecretStr(key)],
        exact_apps={"be": ExactApp(client_id="any", client_secret=SecretStr("any"))},
        banqup_api_url="https://banqup.example",
        banqup_client_id="any",
        banqup_client_secret=SecretStr("any"),
        webhook_secrets=[SecretStr(f"whsec_{key}")],
        api_issuer="https://issuer.example",
        api_audience="any",
        api_jwks_url="https://issuer.example/jwks",
    )
