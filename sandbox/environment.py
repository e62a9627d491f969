"""The addresses and credentials of the stand-ins, as settings of a service."""

import json
from dataclasses import dataclass

_LISTENER = "/webhooks/banqup"  # below the service's own address


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Addresses and credentials; those of a stand-in that was not started are empty."""

    exact_url: str
    banqup_url: str
    exact_client_id: str
    exact_client_secret: str
    banqup_client_id: str
    banqup_client_secret: str
    webhook_secret: str
    issuer: str
    audience: str
    jwks_url: str

    def environment(self, *, country: str = "be") -> dict[str, str]:
        """Return the settings of a service that works against these stand-ins."""
        apps = {country: {"client_id": self.exact_client_id, "client_secret": self.exact_client_secret}}
        return {
            "EXACT_APPS": json.dumps(apps),
            "EXACT_BASE_URL": self.exact_url,
            "BANQUP_API_URL": self.banqup_url,
            "BANQUP_CLIENT_ID": self.banqup_client_id,
            "BANQUP_CLIENT_SECRET": self.banqup_client_secret,
            "WEBHOOK_SECRETS": self.webhook_secret,
            "WEBHOOK_ISSUER": self.issuer,
            "WEBHOOK_AUDIENCE": f"{self.audience}-webhooks",
            "WEBHOOK_JWKS_URL": self.jwks_url,
            "API_ISSUER": self.issuer,
            "API_AUDIENCE": self.audience,
            "API_JWKS_URL": self.jwks_url,
            "BANQUP_CLIENTS": "true",
        }


def of_service(listener: str) -> dict[str, str]:
    """Return the settings derived from the service's webhook listener."""
    return {"PUBLIC_URL": listener.rstrip("/").removesuffix(_LISTENER), "NOTIFICATIONS_TO_PRIVATE": "true"}
