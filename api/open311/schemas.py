"""What Open311 GeoReport v2 answers. What is null is absent."""

from typing import Literal

from pydantic import BaseModel, Field


class Open311Service(BaseModel):
    """What can be reported."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime"]
    keywords: str | None
    group: str


class Open311Value(BaseModel):
    """One of the values an attribute may have."""

    key: str
    name: str


class Open311Attribute(BaseModel):
    """What a report may say besides, as `attribute[code]`."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: list[Open311Value]


class Open311Definition(BaseModel):
    """What a report of a service may say besides."""

    service_code: str
    attributes: list[Open311Attribute]


class Open311Taken(BaseModel):
    """The id of a report that was taken."""

    service_request_id: str
    service_notice: str | None
    account_id: str | None


class Open311Request(BaseModel):
    """A report, and how it stands."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str | None
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None = Field(description="By when it is to be resolved")
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


class Open311Error(BaseModel):
    """One thing wrong with a request; the code of the first is the answer's status."""

    code: int
    description: str
