"""What happens inside the sandboxed Banqup: spaces, documents, and the partner's clients who approve and send."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.admin import BanqupAdmin
from sandbox.demo.story import Client, Scene

_EARLY = timedelta(days=30)


@dataclass(frozen=True)
class Staged:
    """A scene with the ids that Banqup gave to its document."""

    scene: Scene
    space: str
    document: str


async def open_space(banqup: BanqupAdmin, client: Client, *, partner_space: str) -> str:
    """The Business Space of a client."""
    number = client.vat_number.removeprefix("BE")
    space = await banqup.space(
        partner_space_id=partner_space, name=client.name, vat_number=client.vat_number, enterprise_number=number
    )
    return str(space["id"])


async def stage(banqup: BanqupAdmin, scene: Scene, *, space: str) -> Staged:
    """Let the scene's document arrive in its space."""
    arrived = (datetime.now(UTC) - _EARLY).isoformat() if scene.arrived_early else None
    files = [
        {"role": file.role, "filename": file.filename, "content_type": file.content_type, "content": file.content}
        for file in scene.files
    ]
    stored = await banqup.document(space, scene.document, files=files, created_at=arrived)
    return Staged(scene, space, str(stored["id"]))


async def finish(banqup: BanqupAdmin, staged: Staged) -> None:
    """Approve or send the document, and deliver the message a second time where the scene wants it."""
    step = banqup.send if staged.scene.is_sale else banqup.approve
    told: dict[str, Any] = await step(staged.space, staged.document)
    if staged.scene.delivered_twice:
        await banqup.redeliver(str(told["message_id"]))


async def send_again(banqup: BanqupAdmin, staged: Staged) -> None:
    """ "Send to integrations" for a document that went before."""
    await banqup.resend(staged.space, staged.document)
