"""The users, companies and relations of a fresh sandbox."""

from typing import Any

from sandbox.exact_online.entities import ACCOUNTS, DOCUMENT_CATEGORIES, DOCUMENT_FOLDERS, DOCUMENTS
from sandbox.exact_online.state import ARCHIVED, RIGHTS, Company, User, World, new_guid

_PEETERS, _LAMBERT, _DE_SMET = "Peeters Accountancy", "Lambert Conseil", "De Smet Fiscaal"

COMPANIES: tuple[dict[str, Any], ...] = (
    {"code": 100001, "hid": 1, "name": "Peeters Accountancy BV", "customer": _PEETERS, "vat": "BE0712345630"},
    {"code": 100002, "hid": 2, "name": "Bakkerij Janssens BV", "customer": _PEETERS, "vat": "BE0723456781"},
    {"code": 100003, "hid": 3, "name": "Garage Maes NV", "customer": _PEETERS, "vat": "BE 0734.567.835"},
    {
        "code": 100004,
        "hid": 4,
        "name": "Café Central BV",
        "customer": _PEETERS,
        "vat": "BE0456789034",
        "status": ARCHIVED,
    },
    {
        "code": 100005,
        "hid": 5,
        "name": "Drukkerij Willems NV",
        "customer": _PEETERS,
        "vat": "BE0467890188",
        "blocking_status": 10,
    },
    {"code": 100006, "hid": 6, "name": "Oud Magazijn BV", "customer": _PEETERS, "vat": "BE0478901272", "status": 0},
    {"code": 10000017, "hid": 7, "name": "Atelier Nordic BV", "customer": _PEETERS, "vat": "BE0589012308"},
    {"code": 200001, "hid": 1, "name": "Lambert Conseil SRL", "customer": _LAMBERT, "vat": "BE0690123425"},
    {"code": 200002, "hid": 2, "name": "Brasserie du Parc SRL", "customer": _LAMBERT, "vat": "BE0701234576"},
    {"code": 300001, "hid": 1, "name": "De Smet Fiscaal BV", "customer": _DE_SMET, "vat": "BE0812345603"},
    {
        "code": 300002,
        "hid": 2,
        "name": "Bloemen Rosa BV",
        "customer": _DE_SMET,
        "vat": "BE0823456754",
        "modules": frozenset[str](),
    },
)
_MAIN = (100001, 200001, 300001)
_SUPPLIERS = (
    ("Elektro Vermeulen BV", "BE0934567878"),
    ("Papier & Co NV", "BE1001234592"),
    ("Nordic Paper AB", "SE556677889901"),
)


def load(world: World) -> None:
    """Add the users and companies that docs/sandbox.md lists."""
    for seed in COMPANIES:
        add_company(world, **seed)
    peeters = [company.code for company in world.companies.values() if company.customer == _PEETERS]
    add_user(world, id="anna", name="Anna Peeters", companies=[*peeters, 200001])
    add_user(world, id="bram", name="Bram De Smet", companies=[300001, 300002])
    add_user(world, id="chloe", name="Chloé Lambert", companies=[200001, 200002, 100002], language="fr-BE")
    add_user(world, id="dirk", name="Dirk Claes", companies=[300001], rights=RIGHTS - {"documents"}, language="en")


def add_company(world: World, *, code: int, vat: str | None = None, **fields: Any) -> Company:
    """Add a company with its folder, category and a few relations."""
    number = "".join(filter(str.isdigit, vat)) if vat else None
    fields.setdefault("enterprise_number", number)
    company = Company(code=code, vat_number=vat, main=fields.pop("main", code in _MAIN), **fields)
    world.companies[code] = company
    world.customer_id(company.customer)
    add_master_data(world, code)
    return company


def add_user(world: World, **fields: Any) -> User:
    user = User(**fields)
    world.users[user.id] = user
    return user


def add_master_data(world: World, code: int) -> None:
    """Add the folder, category and relations that every company begins with."""
    folder, category = new_guid(), new_guid()
    world.table(code, DOCUMENT_FOLDERS.path)[folder] = {
        "ID": folder,
        "Code": "BANQUP",
        "Description": "Banqup",
        "Division": code,
    }
    world.table(code, DOCUMENT_CATEGORIES.path)[category] = {"ID": category, "Description": "Invoices"}
    for place, (name, vat) in enumerate(_SUPPLIERS, start=1):
        account = new_guid()
        world.table(code, ACCOUNTS.path)[account] = {
            "ID": account,
            "Code": f"{place:18d}",
            "Name": name,
            "VATNumber": vat,
            "ChamberOfCommerce": vat[2:] if vat.startswith("BE") else None,
            "Country": vat[:2],
            "IsSupplier": True,
            "Division": code,
            "Created": world.stamp(),
            "Modified": world.stamp(),
        }


def add_documents(world: World, company: Company, *, count: int, document_type: int) -> None:
    """Add documents that others have made just now."""
    table, now = world.table(company.code, DOCUMENTS.path), world.stamp()
    for _ in range(count):
        company.documents_made += 1
        key, number = new_guid(), company.documents_made
        table[key] = {
            "ID": key,
            "HID": number,
            "Subject": f"Other document {number}",
            "Body": "",
            "Type": document_type,
            "TypeDescription": "",
            "DocumentDate": now,
            "Currency": company.currency,
            "Division": company.code,
            "Created": now,
            "Modified": now,
        }
