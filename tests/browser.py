"""The system over real HTTP and a real Chromium to look at it with."""

import fcntl
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django import Settings

from zachetka.postgres.address import Place

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # a container's /dev/shm is often 64 MB
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def collected_statics(database_server: Place) -> Iterator[None]:
    """Static files as a visitor gets them: collected, hashed, compressed; listed once for all visitors, as by a web server."""
    from zachetka.cli import statics

    with (database_server.data_dir / "statics.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        statics.collect()
    with listed_once():
        yield


@contextmanager
def listed_once() -> Iterator[None]:
    """Let WhiteNoise look through a folder the first time only: each of Django's clients loads a middleware of its own.

    Looking through some four hundred files was a fifth of the processor time of a test of pages.
    """
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, known = WhiteNoiseMiddleware.update_files_dictionary, dict[tuple[str, str], dict[str, Any]]()

    def remember(server: WhiteNoiseMiddleware, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            others, server.files = server.files, {}
            look(server, root, prefix)
            known[root, prefix], server.files = server.files, others
        server.files |= known[root, prefix]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "update_files_dictionary", remember)
        yield


@pytest.fixture
def client(collected_statics: None) -> Client:
    """Django's client over pages whose static files are collected, as in a started system."""
    return Client()


@pytest.fixture(scope="session")
def application(collected_statics: None) -> "WSGIHandler":
    """The system as the web server holds it: middleware loaded, static files listed, once for each worker."""
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


@contextmanager
def served(application: "WSGIHandler") -> Iterator[str]:
    """Serve `application` by threads of this process for the length of the block; yield its address."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Stay quiet: what fails shows in the page."""

    class Server(ThreadedWSGIServer):
        daemon_threads = False  # so that `server_close` waits for them: a thread has a connection to the database
        request_queue_size = 128

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.kept: set[socket.socket] = set()

        def process_request(self, request: Any, client_address: Any) -> None:
            self.kept.add(request)
            super().process_request(request, client_address)

        def shutdown_request(self, request: Any) -> None:
            self.kept.discard(request)
            super().shutdown_request(request)

        def hang_up(self) -> None:
            """Let go of browsers that keep their connection for a next request."""
            for request in list(self.kept):
                with suppress(OSError):  # the browser was first
                    request.shutdown(socket.SHUT_RD)

    server = Server(("127.0.0.1", 0), Handler)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


@pytest.fixture
def live_site(fresh_database: Place, application: "WSGIHandler", settings: Settings) -> Iterator[str]:
    """The address of the whole system, served by threads of this process from `fresh_database`."""
    with served(application) as address:
        settings.PUBLIC_URL = address
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for each worker; it can reach this machine only."""
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, and Django would take the test itself for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=_chromium(), args=list(_CHROMIUM_OPTIONS))
            yield chromium
            chromium.close()
            connections.close_all()  # those of this thread under that loop: when it ends, nobody can reach them


@pytest.fixture
def page(browser: Browser, live_site: str) -> Iterator[Page]:
    """A new visitor with an empty page; an error in our script or a breach of the CSP fails the test.

    Relative addresses work: `page.goto("/accounts/login/")`.
    """
    context = browser.new_context(
        base_url=live_site, locale="ru-RU", timezone_id="Europe/Moscow", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(10_000)
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", on_console)
    yield opened
    context.close()
    assert not faults, "the page's own errors: " + "; ".join(faults)


def _chromium() -> Path:
    for name in (os.environ.get("ZACHETKA_CHROMIUM", ""), *_CHROMIUM_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    raise pytest.UsageError("Chromium is missing: run `make test`, which installs it, or name it in ZACHETKA_CHROMIUM")
