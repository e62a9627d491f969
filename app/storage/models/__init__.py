"""The tables. A row names its installation, the key by which the data could be sharded, unless it is the operator's."""

from app.storage.models.audit import AuditLine
from app.storage.models.base import ActivationId, Base, ExportId, InstallationId, LaneId
from app.storage.models.callers import SpentQuota
from app.storage.models.documents import Circuit, Export, ExportedUbl, ExportEvent, Lane, Message, Relation
from app.storage.models.notifications import Notification, NotificationTarget
from app.storage.models.partners import (
    Activation,
    Company,
    CompanyListing,
    Connection,
    Installation,
    SignIn,
    TokenAttempt,
    TokenChain,
)
from app.storage.models.steps import CompletedStep

__all__ = [
    "Activation",
    "ActivationId",
    "AuditLine",
    "Base",
    "Circuit",
    "Company",
    "CompanyListing",
    "CompletedStep",
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
    "SpentQuota",
    "TokenAttempt",
    "TokenChain",
]
