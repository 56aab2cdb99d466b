"""deploy/nginx.conf as Debian's nginx runs it: only the addresses, the certificate and the networks are this test's.

Needs nginx, which `.ci/run` installs. `make test` leaves these tests out (the marker `deploy`) and says so.
"""

import asyncio
import io
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.clock import SystemClock
from bot.intake.webhook_address import WebhookAddress
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.process import ROOT, until
from handlers import conversation
from tests.bot.free_port import free_address
from tests.builders import a_participant

pytestmark = pytest.mark.deploy

NAME = "bot.example.org"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now.replace(year=now.year - 1, day=1))
        .not_valid_after(now.replace(year=now.year + 1, day=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return chain, private


def configuration(folder: Path, *, front: str, behind: str, allowed: str) -> Path:
    """The shipped file with this test's addresses, inside the little that nginx itself needs."""
    chain, key = certificate(folder)
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    site = site.replace("listen 443 ssl", f"listen {front} ssl").replace("127.0.0.1:8080", behind)
    site = site.replace(f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(chain))
    site = site.replace(f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key))
    site = site.replace("allow 91.108.4.0/22;", f"allow {allowed};")
    paths = "\n".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "whole.conf"
    whole.write_text(
        f"pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'} info;\nworker_processes 1;\ndaemon off;\n"
        f"events {{ worker_connections 64; }}\nhttp {{\naccess_log off;\n{paths}\n{site}\n}}\n"
    )
    return whole


class Fronted:
    """nginx in front of a clinic by webhook."""

    def __init__(self, clinic: Clinic, front: str, trust: ssl.SSLContext) -> None:
        self.clinic = clinic
        self.address = WebhookAddress.of(f"https://{NAME}", TOKEN)
        self._front = front
        self._trust = trust

    async def ask(
        self, path: str, *, method: str = "POST", body: bytes = b"", secret: str = ""
    ) -> tuple[int, str | None]:
        headers = {"Host": NAME, "X-Telegram-Bot-Api-Secret-Token": secret}
        async with aiohttp.ClientSession() as session:
            url = f"https://{self._front}{path}"
            asking = session.request(
                method, url, data=io.BytesIO(body), headers=headers, ssl=self._trust, server_hostname=NAME
            )
            async with asking as answer:
                return answer.status, answer.headers.get("Retry-After")


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "This test needs nginx: apt-get install nginx-light"
    return found


@pytest.fixture(params=["127.0.0.1"])
async def fronted(
    request: pytest.FixtureRequest, tmp_path: Path, content: Path, nginx: str
) -> AsyncIterator[Fronted]:
    front, behind = free_address(), free_address()
    settings = {
        "HANDRAIL_HTTP__LISTEN": behind,
        "HANDRAIL_TELEGRAM__MODE": "webhook",
        "HANDRAIL_TELEGRAM__WEBHOOK_URL": f"http://{behind}",  # the sandbox brings straight to the bot
    }
    clinic = Clinic(tmp_path, conversation(), content=content, settings=settings)
    await clinic.start()
    whole = configuration(tmp_path, front=front, behind=behind, allowed=request.param)
    process = await asyncio.create_subprocess_exec(
        nginx, "-c", str(whole), "-p", str(tmp_path), stderr=subprocess.DEVNULL
    )
    trust = ssl.create_default_context(cafile=str(tmp_path / "chain.pem"))
    await until(lambda: (tmp_path / "nginx.pid").exists() and _listens(front))
    yield Fronted(clinic, front, trust)
    process.terminate()
    await process.wait()
    await clinic.stop()


def _listens(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as tried:
        return tried.connect_ex((host, int(port))) == 0


def an_update(person: int) -> bytes:
    return (
        b'{"update_id": 900, "message": {"message_id": 1, "date": 1772463600, "text": "I want to die",'
        b'"from": {"id": %d, "is_bot": false, "first_name": "Kim"},'
        b'"chat": {"id": %d, "type": "private", "first_name": "Kim"}}}' % (person, person)
    )


async def test_an_update_reaches_the_bot_through_nginx(fronted: Fronted) -> None:
    sam = await a_participant(fronted.clinic)
    sam.says("/start")
    await fronted.clinic.settle()

    answer = await fronted.ask(fronted.address.path, body=an_update(sam.id), secret=fronted.address.secret)
    await fronted.clinic.settle()

    assert answer == (200, None)
    assert "988" in sam.chat.last.text


async def test_nothing_but_the_webhook_is_passed_on(fronted: Fronted) -> None:
    for path in ("/", "/healthz", "/readyz", "/metrics", "/telegra"):
        assert (await fronted.ask(path, method="GET"))[0] == 404
    assert (await fronted.ask(fronted.address.path, method="GET"))[0] == 403
    assert (await fronted.ask(fronted.address.path, body=an_update(5)))[0] == 403
    too_large = b"x" * (1024 * 1024 + 1)
    assert (await fronted.ask(fronted.address.path, body=too_large, secret=fronted.address.secret))[0] == 413


async def test_a_database_that_is_away_is_heard_as_503_with_retry_after(fronted: Fronted) -> None:
    database = fronted.clinic.app.services.database
    await database.apart(lambda connection: connection.execute("PRAGMA query_only=ON"))

    answer = await fronted.ask(fronted.address.path, body=an_update(5), secret=fronted.address.secret)
    await database.apart(lambda connection: connection.execute("PRAGMA query_only=OFF"))

    assert answer == (503, "5")


@pytest.mark.parametrize("fronted", ["192.0.2.1"], indirect=True)
async def test_other_networks_than_telegrams_are_refused(fronted: Fronted) -> None:
    answer = await fronted.ask(fronted.address.path, body=an_update(5), secret=fronted.address.secret)

    assert answer[0] == 403


def test_every_address_the_test_changes_is_in_the_shipped_file() -> None:
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for words in ("listen 443 ssl", "127.0.0.1:8080", "fullchain.pem", "privkey.pem", "allow 91.108.4.0/22;"):
        assert len(re.findall(re.escape(words), site)) == 1
