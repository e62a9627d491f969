"""Routes that know every query parameter: a misspelt filter must not return what it was to leave out."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from app.errors import Problem
from app.reasons import INVALID_REQUEST

_MOST_NAMED, _LONGEST_NAME = 5, 40


class StrictRoute(APIRoute):
    """A route that refuses query parameters it does not have, and each one given twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        fields = get_flat_params(self.dependant)
        known = frozenset(field.alias for field in fields if isinstance(field.field_info, Query))

        async def strict(request: Request) -> Response:
            _expect_known([name for name, _ in request.query_params.multi_items()], known)
            return await handle(request)

        return strict


def _expect_known(names: list[str], known: frozenset[str]) -> None:
    """Raise `Problem` (422) for an unknown or repeated parameter."""
    unknown = {name: f"is unknown; this address takes {_listed(known)}" for name in names if name not in known}
    repeated = {name: "is given more than once" for name in known if names.count(name) > 1}
    wrong = list((unknown | repeated).items())[:_MOST_NAMED]
    if wrong:
        errors = [{"field": f"query.{name[:_LONGEST_NAME]}", "message": message} for name, message in wrong]
        fields = ", ".join(error["field"] for error in errors)
        raise Problem(INVALID_REQUEST.because(f"Invalid fields: {fields}.", errors=errors))


def _listed(known: frozenset[str]) -> str:
    return ", ".join(sorted(known)) or "none"
