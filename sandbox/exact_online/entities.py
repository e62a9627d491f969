"""The resources of the sandbox: fields, types and Exact's rules for them."""

from dataclasses import dataclass

INT16, INT32, INT64, DOUBLE = "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double"
STRING, BOOLEAN, GUID, DATE, BINARY = "Edm.String", "Edm.Boolean", "Edm.Guid", "Edm.DateTime", "Edm.Binary"

_STAMPS = {"Created": DATE, "Creator": GUID, "Modified": DATE, "Modifier": GUID}


@dataclass(frozen=True, slots=True)
class EntitySet:
    """A resource (`service/Resource`), the fields of its rows and the rules of its endpoint.

    `rows_of` names the resource whose rows it lists if these are not its own; `filters`, the only fields to filter by;
    `arguments`, what a call must pass beside OData's options.
    """

    path: str
    type: str
    fields: dict[str, str]
    key: str = "ID"
    right: str | None = None
    scope: str | None = None
    module: str | None = None
    mandatory: tuple[str, ...] = ()
    creatable: bool = False
    mandatory_filter: tuple[str, ...] = ()
    plain_list: bool = False
    rows_of: str | None = None
    filters: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    page: int = 60


DIVISIONS = EntitySet(
    "system/Divisions",
    "Exact.Web.Api.System.Division",
    {
        "Code": INT32,
        "Hid": INT64,
        "Description": STRING,
        "Customer": GUID,
        "CustomerCode": STRING,
        "CustomerName": STRING,
        "VATNumber": STRING,
        "ChamberOfCommerceNumber": STRING,
        "Country": STRING,
        "Currency": STRING,
        "Status": INT32,
        "BlockingStatus": INT32,
        "IsMainDivision": BOOLEAN,
        "Legislation": STRING,
        "Archived": DATE,
        "Current": BOOLEAN,
        "AddressLine1": STRING,
        "City": STRING,
        "Postcode": STRING,
    },
    key="Code",
    right="divisions",
    scope="organization.administration",
)

# C: the older list has another form: `HID`, a status of its own, and only the companies of the same customer.
HRM_DIVISIONS = EntitySet(
    "hrm/Divisions",
    "Exact.Web.Api.Models.HRM.Division",
    {
        "Code": INT32,
        "HID": INT64,
        "Description": STRING,
        "Customer": GUID,
        "CustomerCode": STRING,
        "CustomerName": STRING,
        "VATNumber": STRING,
        "Country": STRING,
        "Currency": STRING,
        "Status": INT16,
        "Main": BOOLEAN,
        "ArchiveDate": DATE,
    },
    key="Code",
    right="divisions",
    scope="organization.administration",
)

ME = EntitySet(
    "Me",
    "Exact.Web.Api.System.Me",
    {
        "UserID": GUID,
        "UserName": STRING,
        "FullName": STRING,
        "FirstName": STRING,
        "LastName": STRING,
        "Email": STRING,
        "CurrentDivision": INT32,
        "AccountingDivision": INT32,
        "Language": STRING,
        "LanguageCode": STRING,
        "ServerTime": STRING,
        "ServerUtcOffset": DOUBLE,
        "DivisionCustomer": GUID,
        "DivisionCustomerCode": STRING,
        "DivisionCustomerName": STRING,
        "Legislation": INT64,
    },
    key="UserID",
)

DOCUMENT_TYPES = EntitySet(
    "documents/DocumentTypes",
    "Exact.Web.Api.Models.Documents.DocumentType",
    {
        "ID": INT32,
        "Description": STRING,
        "DocumentIsCreatable": BOOLEAN,
        "DocumentIsDeletable": BOOLEAN,
        "DocumentIsUpdatable": BOOLEAN,
        "DocumentIsViewable": BOOLEAN,
        "TypeCategory": INT32,
    },
    right="documents",
    scope="organization.documents",
)

DOCUMENT_CATEGORIES = EntitySet(
    "documents/DocumentCategories",
    "Exact.Web.Api.Models.Documents.DocumentCategory",
    {"ID": GUID, "Description": STRING},
    right="documents",
    scope="organization.documents",
)

DOCUMENT_FOLDERS = EntitySet(
    "documents/DocumentFolders",
    "Exact.Web.Api.Models.Documents.DocumentFolder",
    {"ID": GUID, "Code": STRING, "Description": STRING, "ParentFolder": GUID, "Division": INT32},
    right="documents",
    scope="organization.documents",
)

DOCUMENTS = EntitySet(
    "documents/Documents",
    "Exact.Web.Api.Models.Documents.Document",
    {
        "ID": GUID,
        "HID": INT32,
        "Subject": STRING,
        "Type": INT32,
        "TypeDescription": STRING,
        "DocumentDate": DATE,
        "Account": GUID,
        "AccountCode": STRING,
        "AccountName": STRING,
        "AmountFC": DOUBLE,
        "Currency": STRING,
        "Body": STRING,
        "Category": GUID,
        "CategoryDescription": STRING,
        "DocumentFolder": GUID,
        "DocumentViewUrl": STRING,
        "Division": INT32,
        "Contact": GUID,
        "ExpiryDate": DATE,
        "FinancialTransactionEntryID": GUID,
        "HasEmptyBody": BOOLEAN,
        "Language": STRING,
        "Opportunity": GUID,
        "Project": GUID,
        "SalesInvoiceNumber": INT32,
        "SalesOrderNumber": INT32,
        "ShopOrderNumber": INT32,
        **_STAMPS,
    },
    right="documents",
    scope="organization.documents",
    mandatory=("Subject", "Type"),
    creatable=True,
)

BULK_DOCUMENTS = EntitySet(
    "bulk/Documents/Documents",
    DOCUMENTS.type,
    DOCUMENTS.fields,
    right="documents",
    scope="organization.documents",
    rows_of=DOCUMENTS.path,
    filters=("ID", "Subject", "Type", "Created", "Modified"),
    page=1000,
)

ATTACHMENTS = EntitySet(
    "documents/DocumentAttachments",
    "Exact.Web.Api.Models.Documents.DocumentAttachment",
    {
        "ID": GUID,
        "Attachment": BINARY,
        "Document": GUID,
        "FileName": STRING,
        "FileSize": DOUBLE,
        "Url": STRING,
        **_STAMPS,
    },
    right="documents",
    scope="organization.documents",
    mandatory=("Document", "FileName", "Attachment"),
    creatable=True,
)

ACCOUNTS = EntitySet(
    "crm/Accounts",
    "Exact.Web.Api.Models.CRM.Account",
    {
        "ID": GUID,
        "Code": STRING,
        "Name": STRING,
        "VATNumber": STRING,
        "ChamberOfCommerce": STRING,
        "Country": STRING,
        "City": STRING,
        "Postcode": STRING,
        "AddressLine1": STRING,
        "Email": STRING,
        "Status": STRING,
        "IsSupplier": BOOLEAN,
        "IsSales": BOOLEAN,
        "SearchCode": STRING,
        "Division": INT32,
        **_STAMPS,
    },
    right="crm",
    scope="crm.accounts",
    mandatory=("Name",),
    creatable=True,
    mandatory_filter=("ID", "Code", "Name", "SearchCode", "VATNumber", "ChamberOfCommerce", "Email"),
)

_MAILBOX_FIELDS = {
    "ID": GUID,
    "Mailbox": STRING,
    "Description": STRING,
    "Account": GUID,
    "AccountName": STRING,
    "ForDivision": INT32,
    "ForDivisionDescription": STRING,
    "IsScanServiceMailbox": BOOLEAN,
    "Type": INT32,
    "ValidFrom": DATE,
    "ValidTo": DATE,
    **_STAMPS,
}
MAILBOXES = EntitySet(
    "mailbox/Mailboxes",
    "Exact.Web.Api.Models.Mailbox.Mailbox",
    _MAILBOX_FIELDS,
    right="mailbox",
    scope="communication.mailboxes",
    module="mailbox",
)
PREFERRED_MAILBOX = EntitySet(
    "read/mailbox/PreferredMailboxForOperation",
    "Exact.Web.Api.Models.Mailbox.PreferredMailbox",
    _MAILBOX_FIELDS,
    right="mailbox",
    scope="communication.mailboxes",
    module="mailbox",
    plain_list=True,
    arguments=("operation",),
)
MAIL_MESSAGES = EntitySet(
    "mailbox/MailMessagesSent",
    "Exact.Web.Api.Models.Mailbox.MailMessagesSent",
    {
        "ID": GUID,
        "SenderMailboxID": GUID,
        "SenderMailbox": STRING,
        "RecipientMailboxID": GUID,
        "RecipientMailbox": STRING,
        "Subject": STRING,
        "Type": INT32,
        "Operation": INT16,
        "Country": STRING,
        "ForDivision": INT32,
        "RecipientAccount": GUID,
        "SenderAccount": GUID,
        "RecipientStatus": INT16,
        "RecipientStatusDescription": STRING,
        "SenderDateSent": DATE,
        "SynchronizationCode": STRING,
        **_STAMPS,
    },
    right="mailbox",
    scope="communication.mailboxes",
    module="mailbox",
    mandatory=("SenderMailboxID", "RecipientMailboxID", "Subject"),
    creatable=True,
)
MAIL_ATTACHMENTS = EntitySet(
    "mailbox/MailMessageAttachments",
    "Exact.Web.Api.Models.Mailbox.MailMessageAttachment",
    {
        "ID": GUID,
        "Attachment": BINARY,
        "AttachmentFileName": STRING,
        "FileExtension": STRING,
        "FileSize": INT64,
        "MailMessageID": GUID,
        "MailMessageOrigin": STRING,
        "RecipientAccount": GUID,
        "SenderAccount": GUID,
        "Type": INT32,
        "TypeDescription": STRING,
        "Url": STRING,
        **_STAMPS,
    },
    right="mailbox",
    scope="communication.mailboxes",
    module="mailbox",
    mandatory=("MailMessageID", "AttachmentFileName", "Attachment"),
    creatable=True,
)

ENTITY_SETS: dict[str, EntitySet] = {
    entity.path.lower(): entity
    for entity in (
        DIVISIONS,
        HRM_DIVISIONS,
        DOCUMENT_TYPES,
        DOCUMENT_CATEGORIES,
        DOCUMENT_FOLDERS,
        DOCUMENTS,
        BULK_DOCUMENTS,
        ATTACHMENTS,
        ACCOUNTS,
        MAILBOXES,
        PREFERRED_MAILBOX,
        MAIL_MESSAGES,
        MAIL_ATTACHMENTS,
    )
}
