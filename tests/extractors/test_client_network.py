"""Faults 16, 20, 22: names, addresses and certificates. Addresses of other machines are seen by a stand-in dialler only."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from extractors.client import Client, ClientPolicy, Fetched, FetchError
from extractors.fetched import Refused
from extractors.transport import PinnedBackend, name_fault
from standins.hostile_http import PATIENT, HostileServer, outcome, play, reply


@dataclass
class Dialler(httpcore.AsyncNetworkBackend):
    """Remembers what it is asked to dial; answers nothing, or a canned response."""

    dialled: list[tuple[str, int]] = field(default_factory=list)
    dead: frozenset[str] = frozenset()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError("dead")
        return httpcore.AsyncMockStream([])


def dial(host: str, port: int, answers: Sequence[Sequence[str]], policy: ClientPolicy = PATIENT, dead: Iterable[str] = ()) -> Dialler:
    """Connect once to (host, port) with a resolver that gives these answers one after the other."""
    left = list(answers)
    dialler = Dialler(dead=frozenset(dead))

    async def run() -> None:
        backend = PinnedBackend(policy, resolve=lambda _host, _port: left.pop(0), dial=dialler)
        try:
            await backend.connect_tcp(host, port)
        finally:
            backend.close()

    asyncio.run(run())
    assert len(left) == len(answers) - 1, "one connection, one look-up"
    return dialler


def test_22_the_checked_address_is_dialled_and_the_name_is_asked_once() -> None:
    assert dial("rebind.example", 80, [["93.184.216.34"], ["127.0.0.1"]]).dialled == [("93.184.216.34", 80)]


def test_22_the_second_answer_of_a_rebinding_name_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        dial("rebind.example", 80, [["127.0.0.1"], ["93.184.216.34"]])
    assert caught.value.reason == "private_address"


def test_only_the_public_part_of_an_answer_is_dialled_and_the_next_one_if_it_is_dead() -> None:
    answer = ["10.0.0.1", "2606:4700::1111", "::1", "93.184.216.34"]
    assert dial("mixed.example", 443, [answer]).dialled == [("2606:4700::1111", 443)]
    tried = dial("mixed.example", 443, [answer], dead={"2606:4700::1111"}).dialled
    assert tried == [("2606:4700::1111", 443), ("93.184.216.34", 443)]


@pytest.mark.parametrize(("host", "port"), [("example.com", 22), ("localhost", 80), ("127.1", 80), ("10.0.0.1", 80), ("::1", 443)])
def test_the_backend_checks_again_whatever_reaches_it(host: str, port: int) -> None:
    with pytest.raises(Refused):
        asyncio.run(PinnedBackend(PATIENT, dial=Dialler()).connect_tcp(host, port))


def test_an_allowed_pair_may_be_private_and_no_other_port_of_it() -> None:
    policy = replace(PATIENT, allowed_private=frozenset({("rss.internal", 1200)}))
    assert dial("rss.internal", 1200, [["10.0.0.5"]], policy).dialled == [("10.0.0.5", 1200)]
    with pytest.raises(Refused) as caught:
        dial("rss.internal", 80, [["10.0.0.5"]], policy)
    assert caught.value.reason == "private_address"


@pytest.mark.parametrize("purpose", ["page", "api"])
def test_20_a_redirect_to_a_name_that_leads_inside_is_refused(purpose: str) -> None:
    async def run() -> None:
        async with HostileServer({}).running() as server:
            policy = replace(PATIENT, allowed_private=frozenset({("127.0.0.1", server.port)}))
            leads = {"127.0.0.1": ["127.0.0.1"], "inside.example": ["10.0.0.1", "fd00::1"]}
            async with Client(policy, resolve=lambda host, _port: leads[host]) as client:
                ended = await outcome(client, "http://inside.example/", purpose)  # type: ignore[arg-type]
            assert isinstance(ended, FetchError)
            assert ended.reason == "private_address"

    asyncio.run(run())


def test_a_resolver_that_hangs_or_fails_is_dns_failed_and_holds_nobody_up() -> None:
    release = threading.Event()

    def resolve(host: str, _port: int) -> Sequence[str]:
        if host.startswith("hangs"):
            release.wait(10)
        raise OSError("no such name")

    async def run() -> None:
        async with Client(replace(PATIENT, dns_s=0.1, spacing_s=0.0), resolve=resolve) as client:
            ends = await asyncio.gather(*(outcome(client, f"http://{name}.example/", "api") for name in ("hangs1", "hangs2", "fails")))
        assert [ended.reason for ended in ends if isinstance(ended, FetchError)] == ["dns_failed"] * 3
        assert "0.1 s" in str(ends[0])
        release.set()

    asyncio.run(run())


def test_a_resolver_with_a_bug_ends_as_a_value_too() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise KeyError("bug")

    async def run() -> None:
        async with Client(PATIENT, resolve=resolve) as client:
            ended = await outcome(client, "http://example.com/", "api")
        assert isinstance(ended, FetchError)
        assert (ended.reason, type(ended.__cause__)) == ("unexpected", KeyError)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpcore.ConnectTimeout(), "timeout"),
        (httpcore.PoolTimeout(), "timeout"),
        (httpcore.ConnectError("refused"), "connect_failed"),
        (httpcore.ProxyError("407"), "connect_failed"),
        (httpcore.WriteError(), "connection_lost"),
        (httpcore.LocalProtocolError(ValueError("x")), "bad_response"),
        (httpcore.UnsupportedProtocol(), "bad_scheme"),
        (ssl.SSLError(), "tls_failed"),
        (httpcore.ReadError(ssl.SSLError()), "tls_failed"),
        (ConnectionResetError(), "connection_lost"),
        (TimeoutError(), "timeout"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), "bad_response"),
        (RuntimeError("?"), "unexpected"),
    ],
)
def test_every_fault_of_the_wire_has_a_name(error: Exception, reason: str) -> None:
    assert name_fault(error)[0] == reason


def certificate(folder: Path, name: str, days: tuple[int, int] = (-1, 1)) -> tuple[ssl.SSLContext, str]:
    """A self-signed certificate for a name, valid between two days from today: (server context, file to trust)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, str(pem)


def over_tls(folder: Path, name: str, days: tuple[int, int] = (-1, 1), *, trusted: bool = True) -> Fetched | FetchError:
    context, ca = certificate(folder, name, days)
    kept: list[Fetched | FetchError] = []

    async def scenario(server: HostileServer, client: Client) -> None:
        kept.append(await outcome(client, server.url("/", "secure.test")))

    policy = replace(PATIENT, ca_file=ca if trusted else "")
    play({"/": reply("secret")}, scenario, policy=policy, names=("secure.test",), tls=context)
    return kept[0]


def test_tls_keeps_the_name_although_the_address_is_dialled(tmp_path: Path) -> None:
    ended = over_tls(tmp_path, "secure.test")
    assert isinstance(ended, Fetched)
    assert ended.body == b"secret"


@pytest.mark.parametrize(
    ("name", "days", "trusted", "told"),
    [
        ("secure.test", (-2, -1), True, "expired"),
        ("secure.test", (1, 2), True, "not yet valid"),
        ("other.test", (-1, 1), True, "Hostname mismatch"),
        ("secure.test", (-1, 1), False, "self-signed"),
    ],
)
def test_16_a_bad_certificate_is_tls_failed_and_says_why(
    name: str,
    days: tuple[int, int],
    trusted: bool,
    told: str,
    tmp_path: Path,
) -> None:
    ended = over_tls(tmp_path, name, days, trusted=trusted)
    assert isinstance(ended, FetchError)
    assert ended.reason == "tls_failed"
    assert told in ended.detail


async def answer_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()
    await asyncio.sleep(0)


async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(1024):
            pass
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    ("serve", "total_s", "connect_s", "reason"),
    [(answer_at_once, 5.0, 5.0, "tls_failed"), (never_answer, 5.0, 0.2, "timeout"), (never_answer, 0.2, 5.0, "deadline")],
)
def test_16_https_to_a_server_without_tls(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    total_s: float,
    connect_s: float,
    reason: str,
) -> None:
    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        policy = replace(PATIENT, total_s=total_s, connect_s=connect_s, allowed_private=frozenset({("127.0.0.1", port)}))
        async with Client(policy) as client:
            ended = await outcome(client, f"https://127.0.0.1:{port}/", "api")
        assert isinstance(ended, FetchError)
        assert ended.reason == reason
        server.close()
        await asyncio.sleep(0.01)  # the server's ends see that the client hung up

    asyncio.run(run())
