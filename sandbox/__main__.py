"""`python -m sandbox`: both stand-ins with one command."""

import click

from sandbox.banqup.signing import new_secret
from sandbox.serving import BANQUP, EXACT, Options, serve

_DEFAULTS = Options(webhook_secret="")
_PORT = click.IntRange(0, 65535)


@click.command(context_settings={"auto_envvar_prefix": "SANDBOX", "show_default": True})
@click.option("--host", default=_DEFAULTS.host, help="Address to listen on.")
@click.option("--exact-port", type=_PORT, default=_DEFAULTS.exact_port, help="Port of Exact Online; 0 is any free one.")
@click.option("--banqup-port", type=_PORT, default=_DEFAULTS.banqup_port, help="Port of Banqup; 0 is any free one.")
@click.option("--only", type=click.Choice([EXACT, BANQUP]), help="Start one of the two.")
@click.option("--listener", help="Base path of the webhook listener; messages go to {listener}/messages.")
@click.option("--limits/--no-limits", default=True, help="Enforce Exact's limits.")
@click.option("--ready-json", is_flag=True, help="Say where everything is as one line of JSON.")
@click.option("--stop-with-stdin", is_flag=True, help="End when standard input closes.")
@click.option("--exact-client-id", default=_DEFAULTS.exact_client_id)
@click.option("--exact-client-secret", default=_DEFAULTS.exact_client_secret)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Registered; none: any on loopback or https.")
@click.option("--banqup-client-id", default=_DEFAULTS.banqup_client_id)
@click.option("--banqup-client-secret", default=_DEFAULTS.banqup_client_secret)
@click.option("--webhook-secret", default=new_secret, show_default="a new one", help="whsec_… that signs messages.")
@click.option("--audience", default=_DEFAULTS.audience, help="Audience of the issuer's bearer tokens.")
def main(**options: object) -> None:
    """Stand-ins for Exact Online and Banqup that enforce what is known of the real services."""
    try:
        serve(Options(**options))  # type: ignore[arg-type]
    except OSError as error:
        raise click.ClickException(f"cannot listen: {error}") from error


if __name__ == "__main__":
    main()
