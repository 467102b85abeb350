"""A report as an app of citizens posts it, and the event that was published of it."""

from typing import Any

import httpx
import msgspec

from tests.api.city import City

V2 = "/open311/v2"
REPORT = {
    "service_code": "field-reports:tree",
    "lat": "16.4637",
    "long": "107.5909",
    "address_string": "12 Lê Lợi, Huế",
    "description": "Cây đổ chắn đường\nKhông ai bị thương",
    "first_name": "Hoa",
    "last_name": "Nguyễn Thị",
    "phone": "0234 123",
    "email": "hoa@example.org",
    "media_url": "https://photos.example/tree.jpg",
    "attribute[ward]": "19753",
    "account_id": "7",
    "device_id": "phone-7",
}


async def post(
    client: httpx.AsyncClient, response_format: str = "json", key: str | None = None, **changed: Any
) -> httpx.Response:
    fields = {name: value for name, value in {**REPORT, **changed}.items() if value is not None}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"{V2}/requests.{response_format}", data=fields, headers=headers)


def published(city: City) -> dict[str, Any]:
    """Return the one event that was written."""
    ((_, value, _),) = city.broker.published
    event: dict[str, Any] = msgspec.json.decode(value)
    return event
