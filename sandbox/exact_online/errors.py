"""Errors of the REST API, with Exact's status and body."""

_VERBS = {
    "nl": {"mandatory": "Verplicht: {0}", "invalid": "Ongeldig: {0}"},
    "fr": {"mandatory": "Obligatoire : {0}", "invalid": "Invalide : {0}"},
    "en": {"mandatory": "Mandatory: {0}", "invalid": "Invalid: {0}"},
}


class ExactError(Exception):
    """A response other than success; `message` None means an empty body."""

    def __init__(self, status: int, message: str | None = None, *, reason: str | None = None) -> None:
        super().__init__(message or status)
        self.status, self.message, self.reason = status, message, reason


class LimitError(ExactError):
    """A 429 with the headers of the limit that was hit, and an empty body."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(429)
        self.headers = headers


def malformed(message: str) -> ExactError:
    return ExactError(400, message)


def unauthorized() -> ExactError:
    return ExactError(401)


def not_found(message: str = "Resource not found for the segment.") -> ExactError:
    return ExactError(404, message)


def forbidden(reason: str, *, scope: str | None = None, verb: str = "read") -> ExactError:
    """Return a 403: the app lacks a scope or the company, the user a right or the company, the licence a module.

    Any other reason goes into the `Reason` header.
    """
    texts = {
        "scope": f"Forbidden - Application Scope Violated. Cannot {verb} '{scope}' scope.",
        "right": "Forbidden - You do not have sufficient rights for this function.",
        "module": "Forbidden - The feature set for this resource is not part of the licence.",
        "company": "Forbidden - You have no access to this administration.",
        "division_scope": "Forbidden - User division is not within division scope.",
    }
    if reason in texts:
        return ExactError(403, texts[reason])
    return ExactError(403, "Forbidden", reason=reason)  # BlockedUser, LicenseExpired, …


def mandatory_filter(fields: tuple[str, ...]) -> ExactError:
    listed = ", ".join(fields)
    return ExactError(
        400, f"This endpoint has mandatory filtering applied. Use one of these fields in $filter: {listed}."
    )


def functional(kind: str, name: str, *, language: str) -> ExactError:
    """Return a functional refusal: a 500 with a readable body in the user's language."""
    words = _VERBS.get(language[:2].lower(), _VERBS["en"])
    return ExactError(500, words[kind].format(name))
