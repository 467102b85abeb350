"""The ways out, to a real receiver and a real mailbox: what is signed, what counts as taken, what is never told."""

import logging

import pytest

from ioc.catalogue.channel import Channel, ChannelKind
from ioc.notifications.messages import ChannelMessage
from streams.notifier.senders.apprise import ID_HEADER, AppriseSender
from streams.notifier.senders.pool import SenderPool
from streams.notifier.senders.registry import ChannelsUnusable, is_configured, make_senders
from streams.notifier.senders.sender import NotSent
from streams.notifier.senders.webhook import WebhookSender
from tests.city import free_port
from tests.receivers import KEY, http_receiver, mailbox
from tests.unit.samples import CITY

KEY_BYTES = b"signed by the centre, and by nobody else"
LONG = ChannelMessage(
    "msg_2", "message", False, "20 thông báo", "\n".join(f"- dòng {n} " + "x" * 300 for n in range(20)), ()
)
ONE = ChannelMessage("msg_1", "call", True, "[KHẨN] Cây đổ", "Cây đổ chắn đường", ())


async def test_a_webhook_is_signed_with_its_id_and_a_forged_one_is_seen_to() -> None:
    with http_receiver() as receiver:
        await WebhookSender(receiver.url, KEY_BYTES, 5).send(ONE)
        assert (receiver.ids, receiver.forged) == (["msg_1"], 0)
        assert receiver.bodies[0]["data"]["title"] == "[KHẨN] Cây đổ"
        with pytest.raises(NotSent, match="http_401"):
            await WebhookSender(receiver.url, b"another key, that nobody has given out", 5).send(ONE)
        assert receiver.forged == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(301, "http_301"), (404, "http_404"), (500, "http_500"), (None, "timeout")]
)
async def test_anything_but_2xx_in_time_is_not_taken(status: int | None, reason: str) -> None:
    with http_receiver() as receiver:
        receiver.answer = lambda _: status
        with pytest.raises(NotSent, match=reason):
            await WebhookSender(receiver.url, KEY_BYTES, 0.3).send(ONE)
        assert len(receiver.ids) == 1, "a redirection is not followed"


async def test_a_receiver_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(NotSent, match="unreachable"):
        await WebhookSender(f"http://127.0.0.1:{free_port()}/", KEY_BYTES, 1).send(ONE)


async def test_a_mail_bears_the_id_and_one_to_nobody_there_is_not_taken() -> None:
    with mailbox() as box:
        await AppriseSender(box.url, 5).send(ONE)
        await AppriseSender(box.url, 5).send(LONG)
    assert [mail[ID_HEADER] for mail in box.mail] == ["msg_1", "msg_2"]
    assert box.mail[0]["Subject"] == "[KHẨN] Cây đổ"
    assert len(box.mail[1].get_content()) > 6000
    with pytest.raises(NotSent, match="not_taken"):
        await AppriseSender(box.url, 5).send(ONE)


def channel(url: str, key: str = "") -> Channel:
    kind = ChannelKind.WEBHOOK if key else ChannelKind.APPRISE
    return Channel("x", kind, url, key)


@pytest.mark.parametrize(
    ("one", "environment", "configured"),
    [
        (channel("${URL}"), {"URL": "json://x"}, True),
        (channel("${URL}"), {"URL": ""}, False),
        (channel("${URL}"), {}, False),
        (channel("https://x/", "KEY"), {"KEY": KEY}, True),
        (channel("https://x/", "KEY"), {}, False),
    ],
)
def test_a_channel_is_configured_when_every_variable_it_names_is_set(
    one: Channel, environment: dict[str, str], configured: bool
) -> None:
    assert is_configured(one, environment) is configured


def test_what_could_never_send_is_told_all_at_once_without_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    environment = {"IOC_MESSAGE_URL": "nowhere://hunter2", "IOC_CALL_URL": "ftp://hunter2", "IOC_CALL_KEY": "hunter2"}
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelsUnusable) as refused:
        make_senders(CITY, environment, 5)
    assert [fault.partition(":")[0] for fault in refused.value.errors] == ["message", "call"]
    assert "hunter2" not in str(refused.value) + caplog.text
    with pytest.raises(ChannelsUnusable, match="IOC_CALL_KEY must hold whsec_"):
        make_senders(CITY, {**environment, "IOC_MESSAGE_URL": "", "IOC_CALL_URL": "https://x/"}, 5)
    assert make_senders(CITY, {}, 5) == {}


@pytest.mark.parametrize(
    "url", ["http://x:99999/", "http://x:hunter2/", "http://xn--/", "http://x/\x01", "http://[::1"]
)
def test_an_address_no_request_can_be_made_of_is_refused_before_anything_starts(url: str) -> None:
    environment = {"IOC_CALL_URL": url, "IOC_CALL_KEY": "whsec_" + "A" * 40}
    with pytest.raises(ChannelsUnusable, match=r"^call: ") as refused:
        make_senders(CITY, environment, 5)
    assert "hunter2" not in str(refused.value)


class Broken:
    async def send(self, message: ChannelMessage) -> None:
        raise RuntimeError("hunter2")


async def test_what_breaks_in_one_channel_is_a_message_not_taken(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotSent, match="not_taken"):
        await SenderPool({"call": Broken()}).send(ONE)
    assert "hunter2" not in caplog.text
