"""Mail over TLS, from the first byte or after STARTTLS, with a certificate made here; a password never goes plain."""

import ipaddress
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handfest.outbox.mail import MailServer
from handfest.outbox.not_sent import NotSentError
from outbox.mail_room import MailRoom, mail_room

ELSEWHERE = "127.0.0.2"
"""Another machine as far as the gateway knows: what is on 127.0.0.1 may be spoken to plainly."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ELSEWHERE))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("mail") / "mail.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the certificate, as an operator would have it do."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def letter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@salon.example", "erika@example.com", "Ihr Termin"
    mail.set_content("Bis bald.")
    return mail


async def hand_over(room: MailRoom, scheme: str, who: str = "desk:ge%40heim@") -> None:
    await MailServer(f"{scheme}://{who}{ELSEWHERE}:{room.port}", "a@salon.example").send(letter())


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("scheme", "way"), [("smtps", "implicit"), ("smtp", "start_tls")])
async def test_mail_and_password_are_private_on_the_way(
    scheme: str, way: str, context: ssl.SSLContext
) -> None:
    async with mail_room(ELSEWHERE, **{way: context}) as room:
        await hand_over(room, scheme)
        assert (room.secure, room.logins, room.recipients) == ([True], [b"ge@heim"], ["erika@example.com"])


@pytest.mark.parametrize(("scheme", "way"), [("smtps", "implicit"), ("smtp", "start_tls")])
async def test_a_server_that_cannot_prove_itself_gets_nothing(
    scheme: str, way: str, context: ssl.SSLContext
) -> None:
    async with mail_room(ELSEWHERE, **{way: context}) as room:
        with pytest.raises(NotSentError):
            await hand_over(room, scheme)
        assert (room.mails, room.logins) == ([], [])


async def test_a_password_never_goes_over_a_network_in_plain_text() -> None:
    """Prevents somebody in between from taking STARTTLS away and reading the password."""
    async with mail_room(ELSEWHERE) as room:
        with pytest.raises(NotSentError):
            await hand_over(room, "smtp")
        assert (room.mails, room.logins) == ([], [])
        await hand_over(room, "smtp", who="")
        assert room.secure == [False]
