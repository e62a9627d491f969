"""What the headers of Exact's limits mean on our clock."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from app.exact import limits

NOW = datetime(2026, 11, 22, 9, 30, 20, tzinfo=UTC)


def headers(*, remaining: str = "10", reset: datetime = NOW, date: datetime | None = NOW) -> dict[str, str]:
    family = "X-RateLimit-Minutely-"
    values = {
        f"{family}Limit": "60",
        f"{family}Remaining": remaining,
        f"{family}Reset": str(int(reset.timestamp() * 1000)),
    }
    return values | ({"Date": format_datetime(date, usegmt=True)} if date else {})


def test_a_window_is_read_with_what_was_used_of_it() -> None:
    minute = limits.read(headers(reset=NOW + timedelta(seconds=40)), now=NOW).minute

    assert minute == limits.Window(limit=60, used=50, remaining=10, ends=NOW + timedelta(seconds=40))


def test_a_clock_of_exact_that_is_ahead_is_translated() -> None:
    ahead = timedelta(minutes=7)

    minute = limits.read(headers(reset=NOW + ahead + timedelta(seconds=40), date=NOW + ahead), now=NOW).minute

    assert minute is not None
    assert minute.ends == NOW + timedelta(seconds=40)


def test_the_window_that_was_hit_is_the_one_without_calls_left() -> None:
    assert limits.read(headers(remaining="0"), now=NOW).hit() is not None
    assert limits.read(headers(remaining="1"), now=NOW).hit() is None
    assert limits.read({}, now=NOW).hit() is None


def test_headers_that_are_no_numbers_count_as_not_sent() -> None:
    assert limits.read(headers(remaining="many"), now=NOW) == limits.Limits(minute=None, day=None)


@given(reset=st.integers(-(10**18), 10**18), date=st.text(max_size=30))
def test_whatever_a_clock_says_a_minute_ends_within_a_minute(reset: int, date: str) -> None:
    values = headers() | {"X-RateLimit-Minutely-Reset": str(reset), "Date": date}

    minute = limits.read(values, now=NOW).minute

    assert minute is None or NOW < minute.ends <= NOW + timedelta(minutes=1)
