"""A partner's steps: install, activate and deactivate clients, switch the export on or off, uninstall.

Every step is one function and, except for calls to Exact, one transaction. `Problem` says what prevents it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app import audit, log
from app.banqup.client import Banqup
from app.clock import Clock
from app.errors import Problem
from app.exact.companies import ExactCompany
from app.exact.tokens import Tokens
from app.notifications import events, outbox
from app.notifications.events import Event
from app.partners import activations, clients, connections, installations
from app.partners.companies import CompanyDirectory
from app.partners.confirmation import expect_confirmed
from app.partners.installations import expect_installation
from app.queue import exports
from app.reasons import (
    CLIENT_OF_ANOTHER,
    COMPANY_CHANGED,
    COMPANY_OF_ANOTHER,
    DEACTIVATED,
    NOT_FOUND,
    PERMISSION_MISSING,
    WAITING_DOCUMENTS,
    Kind,
)
from app.settings import Settings
from app.sign_in import expect_offered
from app.storage.db import Sessions
from app.storage.models import Activation, Installation
from app.vocabulary import (
    ActivationEnd,
    AuditAction,
    Cutoff,
    En16931Policy,
    RelationPolicy,
    RouteName,
    WaitingPolicy,
)

# The extension's Banqup permissions and why it needs them: shown before installation, confirmed with it.
PERMISSIONS = {
    "documents:read": "to read a document and its files before exporting it",
    "messages:receive": "to be notified when a purchase document is approved or a sales document is sent",
    "spaces:read": "to see which clients belong to the Partner Space",
}

_OF_ONE_COMPANY = frozenset({"category", "folder", "mailbox", "override_reason"})

_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class ClientBinding:
    """A client's company and options, as entered by the partner."""

    company_code: str
    vat_number: str | None = None
    enterprise_number: str | None = None
    route: RouteName = "documents"
    override_reason: str | None = None
    relation: RelationPolicy = "none"
    category: UUID | None = None
    folder: UUID | None = None
    mailbox: str | None = None
    left_out: frozenset[str] = frozenset()  # options that keep the values of the current activation

    def details(self) -> dict[str, Any]:
        """Return the options that may change without a new activation."""
        return {name: value for name, value in asdict(self).items() if name not in ("company_code", "left_out")}


@dataclass(frozen=True, kw_only=True)
class Onboarding:
    """The steps of a partner."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    tokens: Tokens
    http: httpx.AsyncClient
    banqup: Banqup

    async def install(
        self, partner_space_id: UUID, *, country: str, permissions: Sequence[str], partner_name: str | None = None
    ) -> tuple[Installation, bool]:
        """Install in a Partner Space; return the installation and whether it is new."""
        expect_offered(self.settings, country)
        missing = sorted(set(PERMISSIONS) - set(permissions))
        if missing:
            raise Problem(
                PERMISSION_MISSING.because(f"Unconfirmed permissions: {', '.join(missing)}.", missing=missing)
            )
        async with self.sessions.begin() as session:
            installation, new = await installations.install(
                session,
                partner_space_id,
                country=country,
                permissions=permissions,
                partner_name=partner_name,
                clock=self.clock,
            )
            if new:
                chosen = {"country": country, "permissions": list(permissions), "partner_name": partner_name}
                await audit.record(session, installation.id, "installed", after=chosen, clock=self.clock)
            return installation, new

    async def toggle(self, partner_space_id: UUID, *, active: bool, confirmed: bool) -> Installation:
        """Switch the export on or off for all clients; switching off cancels queued exports and must be confirmed."""
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            if installation.active == active:
                return installation
            if not active:
                await self._switch_off(session, installation, confirmed=confirmed)
            else:
                for activation in await activations.renew_activations(session, installation.id, clock=self.clock):
                    await self._notify(session, activation, events.client_activated(activation))
            installation.active = active
            await audit.record(
                session,
                installation.id,
                "switched_on" if active else "switched_off",
                before={"active": not active},
                after={"active": active},
                clock=self.clock,
            )
            return installation

    async def _switch_off(self, session: AsyncSession, installation: Installation, *, confirmed: bool) -> None:
        await expect_confirmed(session, installation, confirmed=confirmed)
        reason = DEACTIVATED.because("The export was switched off for all clients while the document was waiting.")
        await exports.cancel_queued(session, installation.id, reason=reason, clock=self.clock)
        for activation in await activations.activations_of(session, installation.id):
            await self._notify(session, activation, events.client_deactivated(activation))

    async def set_cutoff(self, partner_space_id: UUID, cutoff: Cutoff) -> Installation:
        """Choose what an activation covers: documents by their `arrival`, or by the `event` of approval or sending."""
        return await self._set(partner_space_id, "cutoff", cutoff, action="cutoff_changed")

    async def set_en16931(self, partner_space_id: UUID, policy: En16931Policy) -> Installation:
        """Choose whether documents of grade `en16931` go out, or wait for a person."""
        return await self._set(partner_space_id, "en16931", policy, action="en16931_changed")

    async def _set(self, partner_space_id: UUID, option: str, value: str, *, action: AuditAction) -> Installation:
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            before, after = {option: getattr(installation, option)}, {option: value}
            setattr(installation, option, value)
            await audit.record(session, installation.id, action, before=before, after=after, clock=self.clock)
            return installation

    async def uninstall(self, partner_space_id: UUID, *, confirmed: bool) -> None:
        """Erase the tokens, cancel queued exports and end every activation in one transaction; the history stays."""
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            await expect_confirmed(session, installation, confirmed=confirmed)
            await connections.erase_connection(session, installation.id)
            await outbox.remove_target(session, installation.id)
            reason = DEACTIVATED.because("The extension was uninstalled while the document was waiting.")
            await exports.cancel_queued(session, installation.id, reason=reason, clock=self.clock)
            for activation in await activations.activations_of(session, installation.id):
                await activations.end_activation(session, activation, because="uninstalled", clock=self.clock)
            await audit.record(
                session, installation.id, "uninstalled", before={"active": installation.active}, clock=self.clock
            )
            installation.active = False
            installation.uninstalled_at = func.now()
        _log.info("uninstalled", installation=str(installation.id))

    async def companies(self, partner_space_id: UUID, *, refresh: bool = False) -> list[ExactCompany]:
        """Return the companies available for clients."""
        return await self._directory.companies(partner_space_id, refresh=refresh)

    @property
    def _directory(self) -> CompanyDirectory:
        return CompanyDirectory(
            sessions=self.sessions, settings=self.settings, clock=self.clock, tokens=self.tokens, http=self.http
        )

    async def activate(
        self,
        partner_space_id: UUID,
        business_space_id: UUID,
        binding: ClientBinding,
        *,
        waiting: WaitingPolicy | None = None,
    ) -> tuple[Activation, bool]:
        """Bind a client to the company with its Company Code; return the activation and whether the client is new.

        Repeating the company changes only the details. Another company starts a new activation; `waiting` then
        decides whether documents queued for the current company are delivered there or cancelled.
        """
        if self.settings.banqup_clients:
            await clients.expect_linked(self.banqup, partner_space_id, business_space_id, clock=self.clock)
        binding = await self._with_standing_options(partner_space_id, business_space_id, binding)
        company = await self._directory.resolve(
            partner_space_id,
            binding.company_code,
            vat_number=binding.vat_number,
            enterprise_number=binding.enterprise_number,
            override_reason=binding.override_reason,
        )
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            standing = await activations.activation_of(session, installation.id, business_space_id)
            await self._expect_free(session, installation, business_space_id, company, binding)
            before = binding_of(standing) if standing else None
            if standing is not None and standing.division == company.division:
                for name, value in binding.details().items():
                    setattr(standing, name, value)
                await self._record(session, standing, "client_changed", before=before)
                return standing, False
            if standing is not None:
                await self._change_company(session, standing, waiting)
            activation = await self._bind(session, installation, business_space_id, company, binding)
            await self._notify(session, activation, events.client_activated(activation))
            action: AuditAction = "client_activated" if standing is None else "company_changed"
            await self._record(session, activation, action, before=before)
            return activation, standing is None

    async def _with_standing_options(
        self, partner: UUID, business_space_id: UUID, binding: ClientBinding
    ) -> ClientBinding:
        """Return the binding with what it leaves out taken from the current activation.

        Category, folder, mailbox and the reason for an override belong to one company, and do not follow to another.
        """
        async with self.sessions() as session:
            installation = await expect_installation(session, partner)
            standing = await activations.activation_of(session, installation.id, business_space_id)
        if standing is None:
            return binding
        moves = binding.company_code.strip() not in (standing.company_code, str(standing.division))
        kept = binding.left_out - (_OF_ONE_COMPANY if moves else frozenset())
        options: dict[str, Any] = {name: getattr(standing, name) for name in kept}
        options["vat_number"] = binding.vat_number or standing.vat_number
        options["enterprise_number"] = binding.enterprise_number or standing.enterprise_number
        return replace(binding, **options)

    async def _expect_free(
        self,
        session: AsyncSession,
        installation: Installation,
        business_space_id: UUID,
        company: ExactCompany,
        binding: ClientBinding,
    ) -> None:
        """Raise `Problem` if another partner exports the client, or if the company is another client's."""
        conflicts = await activations.conflicts_of(session, installation.id, business_space_id, company.division)
        if conflicts.client_elsewhere:
            raise _active_elsewhere()
        if conflicts.company_taken and not binding.override_reason:
            sentence = f"{company.name} already receives the documents of another of your clients."
            raise Problem(COMPANY_OF_ANOTHER.because(sentence, company=company.name))

    async def _bind(
        self,
        session: AsyncSession,
        installation: Installation,
        business_space_id: UUID,
        company: ExactCompany,
        binding: ClientBinding,
    ) -> Activation:
        activation = Activation(
            installation_id=installation.id,
            business_space_id=business_space_id,
            lane_id=await activations.lane_to(session, installation.id, company.division),
            division=company.division,
            company_code=company.code,
            company_name=company.name,
            activated_at=self.clock.sql(),
            **binding.details(),
        )
        session.add(activation)
        try:
            await session.flush()
        except IntegrityError as error:  # another Partner Space was faster
            raise _active_elsewhere() from error
        await session.refresh(activation)
        return activation

    async def deactivate(self, partner_space_id: UUID, business_space_id: UUID) -> None:
        """End a client's activation and record its queued documents as not exported."""
        async with self.sessions.begin() as session:
            installation = await expect_installation(session, partner_space_id, lock=True)
            activation = await expect_activation(session, installation, business_space_id)
            await self._end_activation(session, activation, "deactivated")
            await audit.record(
                session,
                installation.id,
                "client_deactivated",
                subject=business_space_id,
                before=binding_of(activation),
                clock=self.clock,
            )

    async def _change_company(
        self, session: AsyncSession, activation: Activation, waiting: WaitingPolicy | None
    ) -> None:
        count = await exports.count_queued(session, activation.installation_id, activation_id=activation.id)
        if count and waiting is None:
            sentence = f"Documents waiting for {activation.company_name}: {count}."
            raise Problem(WAITING_DOCUMENTS.because(sentence, waiting=count, company=activation.company_name))
        if waiting == "deliver":
            activation.drains = True
            await activations.end_activation(session, activation, because="company_changed", clock=self.clock)
        else:
            await self._end_activation(session, activation, "company_changed")

    async def _end_activation(self, session: AsyncSession, activation: Activation, because: ActivationEnd) -> None:
        kind, sentence = _ENDINGS[because]
        await activations.end_activation(session, activation, because=because, clock=self.clock)
        await exports.cancel_queued(
            session,
            activation.installation_id,
            activation_id=activation.id,
            reason=kind.because(sentence),
            clock=self.clock,
        )
        await self._notify(session, activation, events.client_deactivated(activation))

    async def _record(
        self, session: AsyncSession, activation: Activation, action: AuditAction, *, before: dict[str, Any] | None
    ) -> None:
        await audit.record(
            session,
            activation.installation_id,
            action,
            subject=activation.business_space_id,
            before=before,
            after=binding_of(activation),
            clock=self.clock,
        )

    async def _notify(self, session: AsyncSession, activation: Activation, event: Event) -> None:
        await outbox.enqueue(session, activation.installation_id, event, clock=self.clock)


_ENDINGS: dict[ActivationEnd, tuple[Kind, str]] = {
    "deactivated": (DEACTIVATED, "The client was deactivated while the document was waiting."),
    "company_changed": (COMPANY_CHANGED, "The client's company was changed while the document was waiting."),
}


def binding_of(activation: Activation) -> dict[str, Any]:
    """Return the binding as the audit log shows it."""
    names = ["division", *(name for name in ClientBinding.__dataclass_fields__ if name != "left_out")]
    values = {name: getattr(activation, name) for name in names}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


def _active_elsewhere() -> Problem:
    """Return the problem without naming the other Partner Space: that is the other partner's business."""
    return Problem(CLIENT_OF_ANOTHER.because("This Business Space is active in another Partner Space."))


async def expect_activation(session: AsyncSession, installation: Installation, business_space_id: UUID) -> Activation:
    """Return the client's current activation; raise `Problem` otherwise."""
    activation = await activations.activation_of(session, installation.id, business_space_id)
    if activation is None:
        raise Problem(NOT_FOUND.because("This client is not activated."))
    return activation
