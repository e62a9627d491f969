"""first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("partner_space_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("cutoff", sa.Text(), server_default="arrival", nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("uninstalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cutoff in ('arrival', 'event')", name=op.f("ck_installation_cutoff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint("partner_space_id", name=op.f("uq_installation_partner_space_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("business_space_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_received_at"), "message", ["received_at"], unique=False)
    op.create_table(
        "company",
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("vat_number", sa.Text(), nullable=True),
        sa.Column("enterprise_number", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status in ('active', 'inactive', 'archived', 'blocked')", name=op.f("ck_company_status")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_company_installation_id")),
        sa.PrimaryKeyConstraint("installation_id", "division", name=op.f("pk_company")),
    )
    op.create_table(
        "connection",
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("exact_user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("current_division", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("companies_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('connected', 'needs_sign_in', 'superseded')", name=op.f("ck_connection_state")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_connection_installation_id")),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_connection")),
    )
    op.create_index(
        "uq_connection_account",
        "connection",
        ["host", "client_id", "exact_user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'connected'"),
    )
    op.create_table(
        "lane",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("'infinity'"), nullable=False),
        sa.Column("leased", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wake_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("blocked_reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("minute_ends", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("minute_calls", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("day_ends", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.Column("day_calls", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sender_mailbox", sa.Uuid(), nullable=True),
        sa.Column("recipient_mailbox", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_lane_installation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("installation_id", "division", name=op.f("uq_lane_installation_id_division")),
        postgresql_with={
            "fillfactor": "50",
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "500",
        },
    )
    op.create_index("ix_lane_due_at", "lane", ["due_at"], unique=False, postgresql_where=sa.text("due_at < 'infinity'"))
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_notification_installation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("sequence", name=op.f("uq_notification_sequence")),
    )
    op.create_index(
        "ix_notification_due", "notification", ["due_at"], unique=False, postgresql_where=sa.text("ended_at is null")
    )
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["installation_id", "sequence"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "notification_target",
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_notification_target_installation_id")
        ),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_notification_target")),
    )
    op.create_table(
        "relation",
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_relation_installation_id")),
        sa.PrimaryKeyConstraint("installation_id", "division", "party", name=op.f("pk_relation")),
    )
    op.create_table(
        "sign_in",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_sign_in_installation_id")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_installation_id"), "sign_in", ["installation_id"], unique=False)
    op.create_table(
        "token_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("exact_user_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_token_attempt_installation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_attempt")),
    )
    op.create_index(
        "ix_token_attempt_chain", "token_attempt", ["host", "client_id", "exact_user_id", "started_at"], unique=False
    )
    op.create_table(
        "token_chain",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("exact_user_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_token_chain_installation_id")),
        sa.PrimaryKeyConstraint("host", "client_id", "exact_user_id", name=op.f("pk_token_chain")),
    )
    op.create_index(op.f("ix_token_chain_installation_id"), "token_chain", ["installation_id"], unique=False)
    op.create_table(
        "activation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("business_space_id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.BigInteger(), nullable=False),
        sa.Column("company_code", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=True),
        sa.Column("enterprise_number", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), server_default="none", nullable=False),
        sa.Column("category", sa.Uuid(), nullable=True),
        sa.Column("folder", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("drains", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("relation in ('none', 'link', 'create')", name=op.f("ck_activation_relation")),
        sa.CheckConstraint("route in ('documents', 'postbox')", name=op.f("ck_activation_route")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_activation_installation_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_activation_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
    )
    op.create_index(
        "uq_activation_client",
        "activation",
        ["business_space_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "circuit",
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("errors", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_circuit_installation_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_circuit_lane_id")),
        sa.PrimaryKeyConstraint("lane_id", "endpoint", name=op.f("pk_circuit")),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("business_space_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("eligible_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("holds", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("seller", sa.Text(), nullable=True),
        sa.Column("seller_key", sa.Text(), nullable=True),
        sa.Column("buyer", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("losses", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("ubl_sha256", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("look_first", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("exact_id", sa.Uuid(), nullable=True),
        sa.Column("exact_number", sa.Text(), nullable=True),
        sa.Column("exact_url", sa.Text(), nullable=True),
        sa.Column("attached", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("released", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("exact_state", sa.Text(), nullable=True),
        sa.Column("follow_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "status in ('queued', 'ready_to_process', 'error', 'not_exported')", name=op.f("ck_export_status")
        ),
        sa.ForeignKeyConstraint(["activation_id"], ["activation.id"], name=op.f("fk_export_activation_id")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_export_installation_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_export_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint(
            "business_space_id",
            "document_id",
            "division",
            "installation_id",
            name=op.f("uq_export_business_space_id_document_id_division_installation_id"),
        ),
        sa.UniqueConstraint("sequence", name=op.f("uq_export_sequence")),
    )
    op.create_index(
        "ix_export_aside",
        "export",
        ["lane_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'queued' and not holds"),
    )
    op.create_index("ix_export_by_status", "export", ["installation_id", "status", "sequence"], unique=False)
    op.create_index("ix_export_client", "export", ["installation_id", "business_space_id", "sequence"], unique=False)
    op.create_index(
        "ix_export_followed",
        "export",
        ["lane_id", "follow_at"],
        unique=False,
        postgresql_where=sa.text("follow_at is not null"),
    )
    op.create_index(
        "ix_export_in_line",
        "export",
        ["lane_id", "sequence"],
        unique=False,
        postgresql_where=sa.text("status = 'queued' and holds"),
    )
    op.create_index("ix_export_newest", "export", ["installation_id", "sequence"], unique=False)
    op.create_index(
        "ix_export_same_invoice",
        "export",
        ["division", "seller_key", "number"],
        unique=False,
        postgresql_where=sa.text("exact_id is not null"),
    )
    op.create_table(
        "export_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_export_event_export_id")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_export_event_installation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_event")),
    )
    op.create_index(op.f("ix_export_event_export_id"), "export_event", ["export_id"], unique=False)
    op.create_table(
        "exported_ubl",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("delete_after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_exported_ubl_export_id")),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_exported_ubl_installation_id")),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_exported_ubl")),
    )
    op.create_index(op.f("ix_exported_ubl_delete_after"), "exported_ubl", ["delete_after"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_exported_ubl_delete_after"), table_name="exported_ubl")
    op.drop_table("exported_ubl")
    op.drop_index(op.f("ix_export_event_export_id"), table_name="export_event")
    op.drop_table("export_event")
    op.drop_index("ix_export_same_invoice", table_name="export", postgresql_where=sa.text("exact_id is not null"))
    op.drop_index("ix_export_newest", table_name="export")
    op.drop_index("ix_export_in_line", table_name="export", postgresql_where=sa.text("status = 'queued' and holds"))
    op.drop_index("ix_export_followed", table_name="export", postgresql_where=sa.text("follow_at is not null"))
    op.drop_index("ix_export_client", table_name="export")
    op.drop_index("ix_export_by_status", table_name="export")
    op.drop_index("ix_export_aside", table_name="export", postgresql_where=sa.text("status = 'queued' and not holds"))
    op.drop_table("export")
    op.drop_table("circuit")
    op.drop_index("uq_activation_client", table_name="activation", postgresql_where=sa.text("ended_at is null"))
    op.drop_table("activation")
    op.drop_index(op.f("ix_token_chain_installation_id"), table_name="token_chain")
    op.drop_table("token_chain")
    op.drop_index("ix_token_attempt_chain", table_name="token_attempt")
    op.drop_table("token_attempt")
    op.drop_index(op.f("ix_sign_in_installation_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("relation")
    op.drop_table("notification_target")
    op.drop_index("ix_notification_waiting", table_name="notification", postgresql_where=sa.text("ended_at is null"))
    op.drop_index("ix_notification_due", table_name="notification", postgresql_where=sa.text("ended_at is null"))
    op.drop_table("notification")
    op.drop_index("ix_lane_due_at", table_name="lane", postgresql_where=sa.text("due_at < 'infinity'"))
    op.drop_table("lane")
    op.drop_index("uq_connection_account", table_name="connection", postgresql_where=sa.text("state = 'connected'"))
    op.drop_table("connection")
    op.drop_table("company")
    op.drop_index(op.f("ix_message_received_at"), table_name="message")
    op.drop_table("message")
    op.drop_table("installation")
