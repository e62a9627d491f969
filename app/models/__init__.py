"""The tables. Every row carries its installation, the key by which the data could be spread over machines."""

from app.models.base import ActivationId, Base, ExportId, InstallationId, LaneId
from app.models.documents import Circuit, Export, ExportedUbl, ExportEvent, Lane, Message, Relation
from app.models.partners import Activation, Company, Connection, Installation, SignIn, TokenAttempt, TokenChain
from app.models.telling import Notification, NotificationTarget

__all__ = [
    "Activation",
    "ActivationId",
    "Base",
    "Circuit",
    "Company",
    "Connection",
    "Export",
    "ExportEvent",
    "ExportId",
    "ExportedUbl",
    "Installation",
    "InstallationId",
    "Lane",
    "LaneId",
    "Message",
    "Notification",
    "NotificationTarget",
    "Relation",
    "SignIn",
    "TokenAttempt",
    "TokenChain",
]
