"""Documents whose work could grow faster than their size: each shape by how often it repeats something."""

import base64
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from app.convert import File
from app.peppol.totals import complete
from app.peppol.writer import write
from benchmarks import peppol_cases as cases

_EXTENSION = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"


@dataclass(frozen=True)
class Hostile:
    """A document as Banqup holds it: its data and its files."""

    body: bytes
    files: tuple[File, ...] = ()


Shape = Callable[[int], Hostile]


@dataclass(frozen=True)
class Case:
    """A shape, and the sizes from which its work shows beside the rest: in time, and counted."""

    name: str
    shape: Shape
    start: int
    least: int = 40


def _bare(**changes: Any) -> bytes:
    """Return Banqup's data of a plain invoice with other values in its header."""
    document = json.loads(cases.banqup(1))
    document["metadata"].update(changes)
    return json.dumps(document).encode()


_DATA = cases.banqup(1)
_UBL = write(complete(cases.model(1)))


def _file(content: bytes, *, role: str = "UBL", filename: str = "invoice.xml") -> File:
    return File(id="1", role=role, filename=filename, content_type="application/octet-stream", content=content)


def _ubl(content: bytes) -> Hostile:
    return Hostile(_DATA, (_file(content),))


def _with(fragment: str, *, before: str, xml: bytes = _UBL) -> Hostile:
    """Return the invoice with a fragment before the first such tag."""
    head, tag, rest = xml.partition(f"<{before}".encode())
    assert tag
    return _ubl(head + fragment.encode() + tag + rest)


def _extended(content: str) -> Hostile:
    """Return the invoice with this content in an extension."""
    inside = f"<e:UBLExtension><e:ExtensionContent>{content}</e:ExtensionContent></e:UBLExtension>"
    return _with(f'<e:UBLExtensions xmlns:e="{_EXTENSION}">{inside}</e:UBLExtensions>', before="cbc:CustomizationID")


def _element(attributes: list[str]) -> str:
    return f"<x {' '.join(attributes)}/>"


def attributes_of_one(count: int) -> Hostile:
    """One element of very many attributes."""
    return _extended(_element([f'a{number}="1"' for number in range(count)]))


def attributes_of_many(count: int) -> Hostile:
    """Many elements of different attributes."""
    elements = [_element([f'b{number}x{place}="{number}"' for place in range(20)]) for number in range(count)]
    return _extended("".join(elements))


def namespaces(count: int) -> Hostile:
    """Many elements, each in a namespace of its own."""
    return _extended(
        "".join([f'<n{number}:x xmlns:n{number}="urn:{number}">1</n{number}:x>' for number in range(count)])
    )


def namespaces_in_scope(count: int) -> Hostile:
    """A nest of declarations, and many elements inside it."""
    nest = [[f'xmlns:p{level}x{place}="urn:{level}:{place}"' for place in range(50)] for level in range(100)]
    opened = [f"<x {' '.join(declared)}>" for declared in nest]
    return _extended("".join([*opened, "<p0x0:y>1</p0x0:y>" * count, "</x>" * 100]))


def tags(count: int) -> Hostile:
    """Elements without end that mean nothing."""
    return _extended("<x/>" * count)


def names(count: int) -> Hostile:
    """Elements of many names."""
    return _extended("".join([f"<x{number}>1</x{number}>" for number in range(count)]))


def unknown_parts(count: int) -> Hostile:
    """Elements of the vocabulary at a place that has no use for them."""
    return _with(
        "".join([f"<cbc:Odd{number}>1</cbc:Odd{number}>" for number in range(count)]), before="cbc:CustomizationID"
    )


def depth(count: int) -> Hostile:
    """Elements in each other."""
    return _extended("<x>" * count + "1" + "</x>" * count)


def many_deep(count: int) -> Hostile:
    """Many nests of elements."""
    return _extended(("<x>" * 100 + "</x>" * 100) * count)


def mixed_text(count: int) -> Hostile:
    """Text between many elements."""
    return _extended("some text between<x/>" * count)


def tax_subtotals(count: int) -> Hostile:
    """Very many equal VAT groups in the total."""
    head, tag, rest = _UBL.partition(b"<cac:TaxSubtotal>")
    one, end, tail = rest.partition(b"</cac:TaxSubtotal>")
    return _ubl(head + (tag + one + end) * count + tail)


def tax_totals(count: int) -> Hostile:
    """Very many totals of VAT."""
    head, tag, rest = _UBL.partition(b"<cac:TaxTotal>")
    one, end, tail = rest.partition(b"</cac:TaxTotal>")
    return _ubl(head + (tag + one + end) * count + tail)


def reasons(count: int) -> Hostile:
    """VAT groups of one category, each with another reason."""
    head, tag, rest = _UBL.partition(b"<cac:TaxSubtotal>")
    one, end, tail = rest.partition(b"</cac:TaxSubtotal>")
    exempt = (tag + one + end).replace(b"<cbc:ID>S<", b"<cbc:ID>E<")
    groups = [
        exempt.replace(
            b"</cbc:Percent>",
            b"</cbc:Percent><cbc:TaxExemptionReason>Reason %d</cbc:TaxExemptionReason>" % number,
        )
        for number in range(count)
    ]
    return _ubl(head + b"".join(groups) + tail)


def rates_beside(count: int) -> Hostile:
    """VAT groups whose rate stands beside the category, as UBL 2.0 has it, each with another reason."""
    one = (
        '<cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">1.00</cbc:TaxableAmount>'
        '<cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount><cbc:Percent>{number}</cbc:Percent><cac:TaxCategory>'
        "<cbc:ID>E</cbc:ID><cbc:TaxExemptionReason>R{number}</cbc:TaxExemptionReason>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>"
    )
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:TaxSubtotal>")


_ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>{charge}</cbc:ChargeIndicator>"
    "<cbc:AllowanceChargeReason>Reason {number}</cbc:AllowanceChargeReason>"
    '<cbc:Amount currencyID="EUR">0.01</cbc:Amount>{vat}</cac:AllowanceCharge>'
)
_VAT = (
    "<cac:{name}><cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{name}>"
)


def allowances(count: int) -> Hostile:
    """Allowances and charges of the document, each at a VAT rate of its own."""
    found = [
        _ALLOWANCE.format(
            number=number,
            charge=str(number % 2 == 0).lower(),
            vat=_VAT.format(name="TaxCategory", rate=f"{number / 100}"),
        )
        for number in range(count)
    ]
    return _with("".join(found), before="cac:TaxTotal")


def line_allowances(count: int) -> Hostile:
    """Allowances of one line."""
    found = [_ALLOWANCE.format(number=number, charge="false", vat="") for number in range(count)]
    return _with("".join(found), before="cac:Item>")


def lines(count: int) -> Hostile:
    """Many correct lines."""
    return _ubl(write(complete(cases.model(count))))


def wrong_lines(count: int) -> Hostile:
    """Many lines that break rules."""
    xml = write(complete(cases.model(count))).replace(
        b"<cbc:LineExtensionAmount", b"<cbc:Note>x</cbc:Note><cbc:LineExtensionAmount"
    )
    return _ubl(xml.replace(b'unitCode="C62"', b'unitCode="NONE"'))


def vat_groups(count: int) -> Hostile:
    """Many lines, each at a VAT rate of its own."""
    xml = write(complete(cases.model(count)))
    parts = xml.split(b"<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>")
    assert len(parts) == count + 1
    rated = [
        f"<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{number / 1000:.3f}</cbc:Percent>".encode() + part
        for number, part in enumerate(parts[1:])
    ]
    return _ubl(b"".join([parts[0], *rated]))


def notes(count: int) -> Hostile:
    """Many notes."""
    return _with(
        "".join([f"<cbc:Note>Note {number}</cbc:Note>" for number in range(count)]), before="cbc:DocumentCurrencyCode"
    )


def references(count: int) -> Hostile:
    """Many attachments that are only named."""
    one = "<cac:AdditionalDocumentReference><cbc:ID>R{number}</cbc:ID></cac:AdditionalDocumentReference>"
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:AccountingSupplierParty")


def attachments(count: int) -> Hostile:
    """Many small files inside the UBL, and fifty beside it."""
    one = (
        "<cac:AdditionalDocumentReference><cbc:ID>R{number}</cbc:ID><cac:Attachment>"
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="{number}.pdf">{data}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )
    found = [
        one.format(number=number, data=base64.b64encode(f"{number:08}".encode()).decode()) for number in range(count)
    ]
    beside = [_file(f"{number:08}".encode(), role="ATTACHMENT", filename=f"{number}.pdf") for number in range(49)]
    inside = _with("".join(found), before="cac:AccountingSupplierParty")
    return Hostile(inside.body, (*inside.files, *beside))


def preceding(count: int) -> Hostile:
    """Many preceding invoices."""
    one = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>P{number}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:AccountingSupplierParty")


def party_identifiers(count: int) -> Hostile:
    """Many identifiers of the seller."""
    one = "<cac:PartyIdentification><cbc:ID>{number}</cbc:ID></cac:PartyIdentification>"
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:PostalAddress")


def party_schemes(count: int) -> Hostile:
    """Many tax registrations of the seller."""
    one = (
        "<cac:PartyTaxScheme><cbc:CompanyID>BE{number}</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>T{number}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:PartyTaxScheme")


def payment_means(count: int) -> Hostile:
    """Many ways to pay."""
    one = (
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>{number}</cbc:PaymentID>"
        "<cac:PayeeFinancialAccount><cbc:ID>BE{number:014}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )
    return _with("".join([one.format(number=number) for number in range(count)]), before="cac:PaymentMeans")


def item_properties(count: int) -> Hostile:
    """Many properties of one item."""
    one = (
        "<cac:AdditionalItemProperty><cbc:Name>N{number}</cbc:Name><cbc:Value>{number}</cbc:Value>"
        "</cac:AdditionalItemProperty>"
    )
    head, tag, rest = _UBL.partition(b"</cac:Item>")
    return _ubl(head + "".join([one.format(number=number) for number in range(count)]).encode() + tag + rest)


def long_text(count: int) -> Hostile:
    """One very long note of words and signs."""
    return _with(f"<cbc:Note>{'word, &amp; + - 1.00 ' * count}</cbc:Note>", before="cbc:DocumentCurrencyCode")


def long_identifier(count: int) -> Hostile:
    """A very long VAT number, account and name."""
    digits = b"1" * count
    return _ubl(
        _UBL.replace(b">BE0404616494<", b">BE" + digits + b"<").replace(b">BE68539007547034<", b">" + digits + b"<")
    )


def blanks(count: int) -> Hostile:
    """Very many blanks inside values."""
    spaces = b" " * count
    return _ubl(
        _UBL.replace(b">2026-0117<", b">" + spaces + b"2026" + spaces + b"0117<").replace(
            b">21<", b">" + spaces + b"21<"
        )
    )


def in_base64(count: int) -> Hostile:
    """An envelope of many texts that may each hold an invoice."""
    texts = base64.b64encode(b"x" * 300).decode()
    return _ubl(b"<envelope>" + (b"<t>" + texts.encode() + b"</t>") * count + b"</envelope>")


_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_CII_LINE = """
<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>{n}</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>Item {n}</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>1.00</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>1.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""
_CII_TAX = """
<ram:ApplicableTradeTax><ram:CalculatedAmount>0.21</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>1.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"""
_CII_NOTE = "<ram:IncludedNote><ram:Content>{n}</ram:Content></ram:IncludedNote>"
_CII = f"""<rsm:CrossIndustryInvoice xmlns:rsm="{_RSM}" xmlns:ram="{_RAM}" xmlns:udt="{_UDT}">
<rsm:ExchangedDocument><ram:ID>C-1</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260504</udt:DateTimeString></ram:IssueDateTime>
NOTES</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>LINES
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Peeters Drukkerij BV</ram:Name>
<ram:PostalTradeAddress><ram:CountryID>BE</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration>
<ram:ID schemeID="VA">BE0404616494</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Bakkerij Claes NV</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>TAXES
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>1.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def cii(count: int) -> Hostile:
    """A CII invoice of many notes, lines and rates."""
    parts = {
        "NOTES": [_CII_NOTE.format(n=n) for n in range(count)],
        "LINES": [_CII_LINE.format(n=n, rate=f"{n / 1000:.3f}") for n in range(count)],
        "TAXES": [_CII_TAX.format(rate=f"{n / 1000:.3f}") for n in range(count)],
    }
    xml = _CII
    for place, part in parts.items():
        xml = xml.replace(place, "".join(part))
    return Hostile(_DATA, (_file(xml.encode(), role="CII"),))


def _pdf(data: bytes, *filters: str, files: int = 1) -> bytes:
    """Return a PDF with an attached file under these filters."""
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    for number in range(files):
        writer.add_attachment(f"{number}.xml" if number else "factur-x.xml", b"")
    for found in writer._objects:
        if isinstance(found, StreamObject) and found.get("/Type") == "/EmbeddedFile":
            found._data = data
            found[NameObject("/Filter")] = NameObject(filters[0]) if filters else NameObject("/FlateDecode")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def pdf_ascii85(count: int) -> Hostile:
    """A PDF whose attached file is in ASCII85."""
    data = base64.a85encode(_UBL * count, adobe=True)
    return Hostile(_DATA, (_file(_pdf(data, "/ASCII85Decode"), role="PDF", filename="invoice.pdf"),))


def pdf_flate(count: int) -> Hostile:
    """A PDF whose attached file grows when it is read."""
    data = zlib.compress(
        _UBL.replace(b"<cbc:DocumentCurrencyCode", b"<!--" + b" " * count + b"--><cbc:DocumentCurrencyCode")
    )
    return Hostile(_DATA, (_file(_pdf(data, "/FlateDecode"), role="PDF", filename="invoice.pdf"),))


def pdf_files(count: int) -> Hostile:
    """A PDF of very many attached files."""
    data = zlib.compress(b"<x/>")
    return Hostile(_DATA, (_file(_pdf(data, "/FlateDecode", files=count), role="PDF", filename="invoice.pdf"),))


def zip_file(count: int) -> Hostile:
    """A ZIP archive of very many files where UBL is expected."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.xml", b"<x/>")
    return _ubl(target.getvalue())


def json_lines(count: int) -> Hostile:
    """Banqup's data of very many lines."""
    return Hostile(cases.banqup(count))


def json_rates(count: int) -> Hostile:
    """Banqup's data of many lines, each at a VAT rate of its own, with as many totals."""
    document = json.loads(cases.banqup(count))
    total = document["metadata"]["vatDetails"][0]
    for number, line in enumerate(document["lines"]):
        line["vatDetails"] = {"vatCategory": "S", "vatPercentage": f"{number / 1000:.3f}"}
    document["metadata"]["vatDetails"] = [{**total, "vatPercentage": f"{n / 1000:.3f}"} for n in range(count)]
    return Hostile(json.dumps(document).encode())


def json_identifiers(count: int) -> Hostile:
    """Banqup's data of a party with very many identifiers."""
    party = json.loads(_DATA)["metadata"]["supplier"]
    party["globalIdentifiers"] |= {f"be:x{number}": [str(number)] for number in range(count)}
    party["globalIdentifiers"]["global:email"] = [f"a{number}@example.com" for number in range(count)]
    return Hostile(_bare(supplier=party))


def json_keys(count: int) -> Hostile:
    """Banqup's data of very many unknown keys, and of values of the wrong type."""
    return Hostile(_bare(**{f"unknown{number}": [[number]] for number in range(count)}))


def json_wrong(count: int) -> Hostile:
    """Banqup's data of very many lines that cannot be read."""
    document = json.loads(cases.banqup(1))
    document["lines"] = [{"quantity": [], "netAmount": {}, "vatDetails": 5}] * count
    return Hostile(json.dumps(document).encode())


def json_long(count: int) -> Hostile:
    """Banqup's data of very long texts and numbers."""
    return Hostile(_bare(documentNumber="2026 " * count, note="word & <sign> " * count))


CASES = (
    Case("attributes of one element", attributes_of_one, 100_000),
    Case("attributes of many elements", attributes_of_many, 2_000),
    Case("namespaces", namespaces, 4_000),
    Case("elements among 5,000 prefixes", namespaces_in_scope, 8_000),
    Case("tags", tags, 40_000),
    Case("names of elements", names, 10_000),
    Case("unknown parts", unknown_parts, 5_000),
    Case("depth", depth, 60),
    Case("many deep nests", many_deep, 300, least=4),
    Case("text between elements", mixed_text, 20_000),
    Case("equal TaxSubtotals", tax_subtotals, 250),
    Case("equal TaxTotals", tax_totals, 250),
    Case("VAT groups of many reasons", reasons, 250),
    Case("VAT rates beside categories", rates_beside, 400),
    Case("allowances", allowances, 250),
    Case("allowances of a line", line_allowances, 500),
    Case("lines", lines, 250),
    Case("lines that break rules", wrong_lines, 250),
    Case("lines of as many VAT groups", vat_groups, 250),
    Case("notes", notes, 4_000),
    Case("references", references, 2_000),
    Case("attachments", attachments, 1_000),
    Case("preceding invoices", preceding, 1_000),
    Case("identifiers of a party", party_identifiers, 2_000),
    Case("tax registrations", party_schemes, 1_000),
    Case("payment means", payment_means, 1_000),
    Case("properties of an item", item_properties, 1_000),
    Case("long text", long_text, 50_000),
    Case("long identifiers", long_identifier, 500_000),
    Case("blanks", blanks, 500_000),
    Case("Base64 in an envelope", in_base64, 5_000),
    Case("CII", cii, 200),
    Case("PDF in ASCII85", pdf_ascii85, 200, least=8),
    Case("PDF in Flate", pdf_flate, 2_000_000),
    Case("PDF of many files", pdf_files, 200),
    Case("ZIP", zip_file, 2_000),
    Case("JSON: lines", json_lines, 500),
    Case("JSON: as many VAT rates", json_rates, 150),
    Case("JSON: identifiers", json_identifiers, 5_000),
    Case("JSON: unknown keys", json_keys, 10_000),
    Case("JSON: wrong lines", json_wrong, 2_000),
    Case("JSON: long texts", json_long, 50_000),
)
