# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A Salesforce organisation as a salesperson and its administrator use it."""

import functools
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .waiting import StoryError

VERSION = "66.0"
TIMEOUT = 60
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SIMULATED_USER = "integration@simulated.example"
SIMULATED_APP = "quote-to-cash-app"


@dataclass(frozen=True)
class Credentials:
    """How an integration signs in: with a private key, or with a client secret."""

    login_url: str
    client_id: str
    username: str = ""
    private_key: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)

    def form(self):
        """What is posted to the token address."""
        if not self.private_key:
            return {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
        return {"grant_type": JWT_BEARER, "assertion": self._assertion()}

    def _assertion(self):
        claims = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self._audience(),
            "exp": int(time.time()) + 180,
        }
        return jwt.encode(claims, self.private_key, algorithm="RS256")

    def _audience(self):
        host = urlsplit(self.login_url).hostname
        if not host.endswith(".salesforce.com"):
            return self.login_url
        is_sandbox = host == "test.salesforce.com" or "--" in host
        return f"https://{'test' if is_sandbox else 'login'}.salesforce.com"


class Org:
    """The organisation, over its REST API."""

    is_simulated = False

    def __init__(self, credentials):
        self.credentials = credentials
        self.http = requests.Session()
        session = self._checked(
            self.http.post(
                f"{credentials.login_url}/services/oauth2/token",
                data=credentials.form(),
                timeout=TIMEOUT,
            )
        )
        self.url = session["instance_url"]
        self.http.headers["Authorization"] = f"Bearer {session['access_token']}"

    def create(self, sobject, **values):
        """Id of a new record. Fields that the organisation lacks are left out."""
        known = self.fields(sobject)
        given = {name: value for name, value in values.items() if name in known}
        return self._call("POST", f"sobjects/{sobject}", json=given)["id"]

    def update(self, sobject, identifier, **values):
        """Change a record."""
        self._call("PATCH", f"sobjects/{sobject}/{identifier}", json=values)

    def create_many(self, sobject, rows):
        """Ids of new records, up to 200."""
        records = [{"attributes": {"type": sobject}, **row} for row in rows]
        return self._collection("POST", records)

    def update_many(self, sobject, rows):
        """Change up to 200 records; each row has its ``Id``."""
        self._collection(
            "PATCH",
            [
                {"attributes": {"type": sobject}, "id": row.pop("Id"), **row}
                for row in map(dict, rows)
            ],
        )

    def _collection(self, method, records):
        body = {"allOrNone": True, "records": records}
        answers = self._call(method, "composite/sobjects", json=body)
        refused = [answer["errors"] for answer in answers if not answer["success"]]
        if refused:
            raise StoryError(f"Salesforce refused: {refused}")
        return [answer["id"] for answer in answers]

    def read(self, sobject, identifier):
        """All fields of a record."""
        return self._call("GET", f"sobjects/{sobject}/{identifier}")

    def query(self, soql):
        """The records that a query finds, its first page."""
        return self._call("GET", "query", params={"q": soql})["records"]

    @functools.lru_cache  # noqa: B019 - as many as there are organisations, one
    def fields(self, sobject):
        """Names of the fields that an object has here."""
        described = self._call("GET", f"sobjects/{sobject}/describe")
        return frozenset(field["name"] for field in described["fields"])

    def win(self, opportunity):
        """Close an opportunity as won."""
        self.update("Opportunity", opportunity, StageName="Closed Won")

    def _call(self, method, path, **options):
        address = f"{self.url}/services/data/v{VERSION}/{path}"
        answer = self.http.request(method, address, timeout=TIMEOUT, **options)
        return self._checked(answer)

    @staticmethod
    def _checked(answer):
        if not answer.ok:
            raise StoryError(f"Salesforce refused {answer.request.url}: {answer.text}")
        return answer.json() if answer.content else {}


class SimulatedOrg(Org):
    """The simulator, with what an administrator does in its Setup."""

    is_simulated = True

    def __init__(self, url, currency="USD"):
        self._control_url = f"{url}/_sim"
        self.control("org", default_currency=currency, multi_currency=False)
        super().__init__(self._external_client_app(url))

    def _external_client_app(self, url):
        """Register an app with the public half of a new key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.control(
            "apps",
            client_id=SIMULATED_APP,
            user=SIMULATED_USER,
            certificate=public.decode(),
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return Credentials(url, SIMULATED_APP, SIMULATED_USER, private.decode())

    def send_outbound_messages(self, sobject, url, when="closed_won"):
        """Create the outbound message and the rule that sends it."""
        self.control("outbound", object=sobject, url=url, when=when, fields=["Id"])

    def control(self, path, method="POST", **body):
        """Call the simulator's control API."""
        address = f"{self._control_url}/{path}"
        session = requests.Session()
        session.trust_env = False
        answer = session.request(method, address, json=body, timeout=TIMEOUT)
        return self._checked(answer)


def sow(org, deal, close_date):
    """Create a deal with its customer, contact, products and prices, still open.

    :returns: ids by name: ``account``, ``contact``, ``opportunity``, ``products``.
    """
    account = org.create("Account", **account_values(deal))
    contact = org.create("Contact", **contact_values(deal, account))
    book = org.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
    entries = [(line, *_priced(org, book, line)) for line in deal.lines]
    opportunity = org.create(
        "Opportunity",
        Name=deal.name,
        AccountId=account,
        ContactId=contact,
        StageName="Negotiation/Review",
        CloseDate=close_date,
        Pricebook2Id=book,
    )
    for line, _product, entry in entries:
        org.create("OpportunityLineItem", **line_values(opportunity, line, entry))
    return {
        "account": account,
        "contact": contact,
        "opportunity": opportunity,
        "products": [product for _line, product, _entry in entries],
    }


def account_values(deal):
    """A customer in Brussels."""
    return {
        "Name": deal.account,
        "Type": "Customer - Direct",
        "Phone": "+32 2 555 01 10",
        "Website": "https://brasserie.example",
        "BillingStreet": "Chaussée de Charleroi 12",
        "BillingCity": "Saint-Gilles",
        "BillingPostalCode": "1060",
        "BillingCountry": "Belgium",
        "BillingCountryCode": "BE",
    }


def contact_values(deal, account):
    """The person who buys."""
    first, last, email = deal.contact
    return {
        "AccountId": account,
        "FirstName": first,
        "LastName": last,
        "Email": email,
        "Title": "Finance Manager",
    }


def line_values(opportunity, line, entry):
    """A product on an opportunity."""
    values = {
        "OpportunityId": opportunity,
        "PricebookEntryId": entry,
        "Quantity": line.quantity,
        "UnitPrice": float(line.price),
    }
    return {**values, "Discount": float(line.discount)} if line.discount else values


def _priced(org, book, line):
    """Ids of a new product and of its standard price."""
    product = org.create(
        "Product2",
        Name=line.name,
        ProductCode=line.code,
        IsActive=True,
        Q2C_Billing_Interval__c=line.interval,
    )
    entry = org.create(
        "PricebookEntry",
        Pricebook2Id=book,
        Product2Id=product,
        UnitPrice=float(line.price),
        IsActive=True,
    )
    return product, entry
