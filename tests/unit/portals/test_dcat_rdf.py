"""DCAT as RDF/XML and Turtle: what portals publish is read, what would harm is refused before it is parsed."""

import sys
from typing import Any

import pytest

from gateway.portal import Fetched, PortalError
from tests.support.portals import Told, read_told

URL = "https://data.example.vn/catalog.rdf"
NAMES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/" '
    'xmlns:hueod="https://data.thuathienhue.gov.vn/"'
)
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://data.example.vn/dataset/1> a dcat:Dataset ;
  dct:title "Lịch tiêm"@vi , "Jabs"@en ; dct:identifier "tiem" ;
  dct:modified "31/02/2026"^^xsd:dateTime ; dct:publisher [ a foaf:Organization ; foaf:name "Sở Y tế" ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:downloadURL </tiem.csv> ; dcat:byteSize "12"^^xsd:decimal ] .
"""
XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF {NAMES}>
<dcat:Dataset rdf:about="https://data.example.vn/dataset/1">
  <dct:title xml:lang="vi">Lịch tiêm</dct:title><dct:title xml:lang="en">Jabs</dct:title>
  <dct:identifier>tiem</dct:identifier>
  <dct:publisher><foaf:Organization><foaf:name>Sở Y tế</foaf:name></foaf:Organization></dct:publisher>
  <dcat:distribution><dcat:Distribution><dcat:downloadURL rdf:resource="/tiem.csv"/>
  <dcat:byteSize>12</dcat:byteSize></dcat:Distribution></dcat:distribution>
</dcat:Dataset>
</rdf:RDF>"""
LONE = rf"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF {NAMES}>
<dcat:Distribution rdf:about="https://data.example.vn/Distribution/CHUA">
<dct:identifier rdf:datatype="xsd:string">62DBC63B</dct:identifier>
<dct:modified rdf:datatype="xsd:dateTime">2025-12-13</dct:modified>
<dct:title xml:lang="vi">Danh sách chùa</dct:title>
<hueod:apiMethod rdf:resource="get"/>
<hueod:downloadURL rdf:datatype="xsd:distributionFile">/Upload\Metadata\2025\chùa.csv</hueod:downloadURL>
<dcat:mediaType xml:lang="vi">text/csv</dcat:mediaType>
<hueod:ratingStars rdf:datatype="xsd:nonNegativeInteger">1</hueod:ratingStars>
</dcat:Distribution>
</rdf:RDF>"""
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARMFUL = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><rdf:RDF {NAMES}>&l9;</rdf:RDF>',
    "a file of this machine": f'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><rdf:RDF {NAMES}>&f;</rdf:RDF>',
    "another host": f'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><rdf:RDF {NAMES}/>',
}
BROKEN = {
    "half": (XML[:300], "no whole XML"),
    "another XML": ("<kml></kml>", "no whole RDF/XML|no catalogue"),
    "half of Turtle": (TURTLE[:250], "no whole Turtle"),
    "a bad prefix": ("@prefix a: <x> .\nb:c b:d b:e .", "no whole Turtle"),
}


async def read(text: str) -> list[Any]:
    return await read_told(f"dcat:{URL}", Told({URL: text.encode()}))


@pytest.mark.parametrize("text", [TURTLE, XML, "\ufeff" + XML], ids=["Turtle", "RDF/XML", "with a mark in front"])
async def test_both_forms_say_the_same(text):
    (fetched, *_) = await read(text)
    dataset = fetched.dataset
    assert (dataset.key, dataset.title, dataset.publisher, dataset.changed_at) == ("tiem", "Lịch tiêm", "Sở Y tế", None)
    assert [(file.url, file.size) for file in fetched.files] == [("https://data.example.vn/tiem.csv", 12)]


async def test_a_document_of_one_distribution_is_a_dataset():
    (fetched, *_) = await read(LONE)
    assert (fetched.dataset.key, fetched.dataset.title) == ("62DBC63B", "Danh sách chùa")
    assert [file.url for file in fetched.files] == ["https://data.example.vn/Upload/Metadata/2025/ch%C3%B9a.csv"]


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
async def test_entities_and_document_types_are_refused(text):
    with pytest.raises(PortalError, match="defines a document type or entities"):
        await read(text)


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_document_is_refused_whole(text, reason):
    with pytest.raises(PortalError, match=reason):
        await read(text)


async def test_the_order_is_the_same_at_every_reading():
    texts = [TURTLE.replace("dataset/1", f"dataset/{n}").replace('"tiem"', f'"{n}"') for n in range(1, 6)]
    orders = [
        [entry.dataset.key for entry in await read("\n".join(shuffled)) if isinstance(entry, Fetched)]
        for shuffled in (texts, texts[::-1])
    ]
    assert orders == [["1", "2", "3", "4", "5"]] * 2


@pytest.mark.parametrize("text", [TURTLE, XML], ids=["Turtle", "RDF/XML"])
async def test_without_the_extra_it_is_said_what_to_install(monkeypatch, text):
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(PortalError, match=r"needs the extra tracuu\[rdf\], which is not installed"):
        await read(text)
