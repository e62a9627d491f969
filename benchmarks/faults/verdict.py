"""What a campaign must end with, asked of the sandbox and of the database."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.storage.models import Connection, Export, Installation, TokenChain
from benchmarks.faults.campaign import PDF, Campaign
from benchmarks.faults.rules import met
from benchmarks.judging import Verdict, judge


@dataclass(frozen=True)
class Chains:
    """Connections, by what the database says and what Exact says."""

    alive: int
    explained: int
    broken: list[str]


async def chains(campaign: Campaign) -> Chains:
    """A connection that is said to stand must be alive at Exact; any other must say what its partner has to do."""
    at_exact = {
        chain["user"]: chain["alive"]
        for chain in await campaign.town.sandbox.exact.get("/sandbox/chains")
        if chain["alive"]
    }
    query = (
        select(Installation.partner_space_id, Connection, TokenChain)
        .join(Connection, Connection.installation_id == Installation.id)
        .join(TokenChain, (TokenChain.exact_user_id == Connection.exact_user_id), isouter=True)
    )
    alive, explained, broken = 0, 0, []
    for partner, connection, chain in await campaign.town.read(query):
        if connection.state == "connected":
            stands = campaign.partners.users[partner] in at_exact and chain is not None and chain.refresh_token
            alive += bool(stands)
            broken += [] if stands else [f"{connection.user_name} is said to be connected, and is not"]
        elif connection.reason or connection.state == "superseded":
            explained += 1
        else:
            broken.append(f"{connection.user_name} is {connection.state}, and no reason is given")
    return Chains(alive, explained, broken)


async def pictures(campaign: Campaign) -> list[str]:
    """Every picture that came with a document is in Exact, unaltered: embedded in the UBL, or beside it."""
    embedded, digest = base64.b64encode(PDF), hashlib.sha256(PDF).hexdigest()
    query = select(Export.exact_id).where(
        Export.status == "ready_to_process", Export.document_id.in_(campaign.pictured)
    )
    wanted = {str(row[0]) for row in await campaign.town.read(query)}
    sandbox, lost = campaign.town.sandbox, []
    for found in [*await sandbox.exact.arrived(), *await sandbox.exact.mail()]:
        if found["id"] in wanted and digest not in {file["sha256"] for file in found["attachments"]}:
            contents = [await sandbox.exact.attachment(file["id"]) for file in found["attachments"]]
            lost += [] if any(embedded in content for content in contents) else [str(found["subject"])]
    return [f"{subject}: its picture is missing or altered" for subject in lost]


async def report(campaign: Campaign, *, seconds: float) -> bool:
    """Print the figures and everything that must not be; True where there is nothing of that."""
    verdict, faults = await judge(campaign.town, campaign.documents), await met(campaign.town.sandbox)
    standing, calls = await chains(campaign), await campaign.town.sandbox.exact.calls()
    limited = {name: count for name, count in calls["limited"].items() if "injected" not in name}
    blocks = sum(calls["error_blocks"].values())
    findings = [*verdict.findings, *standing.broken, *await pictures(campaign)]
    findings += [f"{count} times over the limit of the {name}" for name, count in limited.items() if count]
    if standing.explained < campaign.chains_killed:
        killed = campaign.chains_killed
        findings.append(f"{killed} chains were killed at the end, {standing.explained} partners asked to sign in")
    findings += [f"{blocks} error blocks"] if blocks else []
    if campaign.freezes < campaign.size.freezes:
        findings.append(f"{campaign.freezes} workers froze before a post instead of {campaign.size.freezes}")
    findings += [f"{calls['violations']} calls beside another one of the same company"] if calls["violations"] else []
    _print(campaign, verdict, standing, calls, seconds=seconds)
    print(f"faults met {faults.total()}: {dict(faults.most_common())}")
    for finding in findings:
        print(f"  {finding}")
    print("all checks passed" if not findings else f"{len(findings)} checks FAILED")
    return not findings


def _print(campaign: Campaign, verdict: Verdict, standing: Chains, calls: dict[str, Any], *, seconds: float) -> None:
    partners = campaign.partners
    print(
        f"seed {campaign.seed}: {verdict.documents} documents, {len(campaign.clients)} companies,"
        f" {len(partners.users)} connections; {seconds:.0f} s, in which {campaign.time.passed} passed"
    )
    print(
        f"kill -9 {campaign.kills}, frozen longer than a lease {campaign.freezes},"
        f" Postgres restarted {campaign.restarts},"
        f" superseded {partners.superseded}, signed in again {partners.signed_in_again},"
        f" errors sent again by persons {partners.sent_again}"
    )
    print(f"in Exact {verdict.arrived}, duplicates {verdict.duplicates}; states {dict(verdict.by_state)}")
    print(
        f"calls to Exact {calls['total']}, limits hit {calls['limited']}, error blocks {calls['error_blocks']},"
        f" parallel calls {calls['violations']}"
    )
    print(
        f"chains alive {standing.alive}, killed at the end {campaign.chains_killed} and explained {standing.explained},"
        f" neither {len(standing.broken)}"
    )
