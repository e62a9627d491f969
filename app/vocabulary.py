"""The states and kinds that rows, the API and the code between them share; the database checks each of them."""

from enum import StrEnum
from typing import Literal


class Folder(StrEnum):
    """The side of the business that a document belongs to."""

    PURCHASES = "PURCHASES"
    SALES = "SALES"


# What happened in Banqup.
Trigger = Literal["approved", "sent"]
TargetState = Literal["ok", "failing", "paused"]
DocumentKind = Literal["invoice", "credit_note"]
# How the exported UBL was made: written from Banqup's data, or taken as it came, or from UBL or CII.
Origin = Literal["banqup", "untouched", "ubl", "cii"]
# What Exact has of a document: UBL that meets every rule, UBL that lacks only what the network needs, or a PDF.
ExportGrade = Literal["peppol", "en16931", "readable"]
# Whether a document of grade `en16931` goes out, or waits for a person.
En16931Policy = Literal["deliver", "hold"]

MessageOutcome = Literal["queued", "ignored", "unknown_space"]
ExportStatus = Literal["queued", "ready_to_process", "error", "not_exported"]
ExportEventName = Literal[
    "received",
    "received_again",
    "sent_again",
    "postponed",
    "ready_to_process",
    "in_exact",
    "error",
    "not_exported",
    "left_in_exact",
]
# Where a message stands in Exact's digital postbox.
PostboxState = Literal["open", "in process", "processed", "rejected", "error", "blocked", "not found", "removed"]

ConnectionState = Literal["connected", "needs_sign_in", "superseded"]
# Who gave the name of a partner's firm: Banqup, or the caller who starts the sign-in.
NameSource = Literal["banqup", "caller"]
# `missing`: the partner has never signed in.
PartnerConnection = Literal["missing", ConnectionState]
CompanyStatus = Literal["active", "inactive", "archived", "blocked"]
# Which moment decides whether a document came before the activation.
Cutoff = Literal["arrival", "event"]
RouteName = Literal["documents", "postbox"]
# Whether a document names its counterparty in Exact: never, if Exact knows it, or always.
RelationPolicy = Literal["none", "link", "create"]
# After a change of company: deliver queued documents to the former one, or cancel them.
WaitingPolicy = Literal["deliver", "stop"]
ActivationEnd = Literal["deactivated", "company_changed", "renewed", "uninstalled"]

# Who makes a change that the audit log records.
ActorKind = Literal["caller", "browser", "operator", "service"]
AuditAction = Literal[
    "installed",
    "uninstalled",
    "switched_on",
    "switched_off",
    "cutoff_changed",
    "en16931_changed",
    "sign_in_started",
    "sign_in_continued",
    "connected",
    "superseded",
    "disconnected",
    "client_activated",
    "client_changed",
    "company_changed",
    "client_deactivated",
    "client_released",
    "export_resent",
    "duplicate_released",
    "export_released",
    "errors_resent",
    "errors_released",
    "notification_target_set",
    "notification_target_removed",
    "secrets_resealed",
]
# What an upgrade completes once all processes of the previous version have stopped.
Step = Literal["tokens_sealed_for_their_column"]
