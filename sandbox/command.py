"""The command `banqup-exact sandbox`."""

import dataclasses
from pathlib import Path

import click

from sandbox.banqup.signing import is_secret
from sandbox.env_file import EnvFileError
from sandbox.serving import BANQUP, EXACT, Options, PortError, serve

_DEFAULTS = Options()
_PORT = click.IntRange(0, 65535)
_SERVICE = "http://127.0.0.1:8000/webhooks/banqup"


def _checked_secret(_: click.Context, __: click.Parameter, value: str) -> str:
    if not is_secret(value):
        raise click.BadParameter("it must be whsec_ and 24 to 64 bytes in base64.")
    return value


@click.command(context_settings={"auto_envvar_prefix": "SANDBOX", "show_default": True})
@click.option("--env", is_flag=True, help="Write a .env for the service in this folder.")
@click.option("--host", default=_DEFAULTS.host, help="Address to listen on.")
@click.option(
    "--exact-port", type=_PORT, default=_DEFAULTS.exact_port, help="Port of Exact Online; 0 takes a free one."
)
@click.option("--banqup-port", type=_PORT, default=_DEFAULTS.banqup_port, help="Port of Banqup; 0 takes a free one.")
@click.option("--only", type=click.Choice([EXACT, BANQUP]), help="Start one of the two.")
@click.option(
    "--listener",
    show_default=f"with --env: {_SERVICE}",
    help="Base URL of the webhook listener; messages go to {listener}/messages.",
)
@click.option("--limits/--no-limits", default=True, help="Enforce Exact's limits.")
@click.option("--ready-json", is_flag=True, help="Print addresses and credentials as one line of JSON.")
@click.option("--stop-with-stdin", is_flag=True, help="End when standard input closes.")
@click.option("--exact-client-id", default=_DEFAULTS.exact_client_id, help="Client ID of the app at Exact.")
@click.option("--exact-client-secret", default=_DEFAULTS.exact_client_secret, help="Its secret.")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    show_default="any on loopback or https",
    help="Registered redirect URI; repeat for more.",
)
@click.option("--banqup-client-id", default=_DEFAULTS.banqup_client_id, help="Client ID at Banqup.")
@click.option("--banqup-client-secret", default=_DEFAULTS.banqup_client_secret, help="Its secret.")
@click.option(
    "--webhook-secret", callback=_checked_secret, default=_DEFAULTS.webhook_secret, help="Secret that signs messages."
)
@click.option("--audience", default=_DEFAULTS.audience, help="Audience of the issuer's bearer tokens.")
def main(*, env: bool, **chosen: object) -> None:
    """Run stand-ins for Exact Online and Banqup.

    They enforce what is known of the real services, and fail on demand.
    """
    options = Options(**chosen)  # type: ignore[arg-type]
    if env:
        if options.only:
            raise click.UsageError("--env needs both stand-ins; leave out --only.")
        options = dataclasses.replace(options, env=Path(".env"), listener=options.listener or _SERVICE)
    try:
        serve(options)
    except (PortError, EnvFileError) as error:
        raise click.ClickException(str(error)) from error
