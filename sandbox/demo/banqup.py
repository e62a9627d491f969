"""The events in the sandboxed Banqup: spaces and documents are added, clients approve and send."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.admin import BanqupAdmin
from sandbox.demo.story import Client, Scene

_EARLY = timedelta(days=30)


@dataclass(frozen=True)
class Staged:
    """A scene with the IDs of its document in Banqup."""

    scene: Scene
    space: str
    document: str


async def open_space(banqup: BanqupAdmin, client: Client, *, partner_space: str) -> str:
    """Add the Business Space of a client; return its ID."""
    number = client.vat_number.removeprefix("BE")
    space = await banqup.space(
        partner_space_id=partner_space, name=client.name, vat_number=client.vat_number, enterprise_number=number
    )
    return str(space["id"])


async def stage(banqup: BanqupAdmin, scene: Scene, *, space: str) -> Staged:
    """Add the scene's document to its space."""
    arrived = (datetime.now(UTC) - _EARLY).isoformat() if scene.arrived_early else None
    files = [
        {"role": file.role, "filename": file.filename, "content_type": file.content_type, "content": file.content}
        for file in scene.files
    ]
    stored = await banqup.document(space, scene.document, files=files, created_at=arrived)
    return Staged(scene, space, str(stored["id"]))


async def finish(banqup: BanqupAdmin, staged: Staged) -> None:
    """Approve or send the document; deliver the message twice if the scene says so."""
    step = banqup.send if staged.scene.is_sale else banqup.approve
    delivery: dict[str, Any] = await step(staged.space, staged.document)
    if staged.scene.delivered_twice:
        await banqup.redeliver(str(delivery["message_id"]))


async def send_again(banqup: BanqupAdmin, staged: Staged) -> None:
    """Send a document to integrations again."""
    await banqup.resend(staged.space, staged.document)
