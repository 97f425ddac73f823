"""Reads secrets from a Prefect block: its value is one JSON object of names and texts, as secrets.toml is."""

from __future__ import annotations

from flows import embedded
from flows.settings import SettingsError, prefect_environment

prefect_environment()

from prefect.blocks.system import Secret  # noqa: E402 -- prefect reads its home when it is imported
from prefect.settings import PREFECT_API_URL  # noqa: E402


def secrets_of(name: str) -> dict[str, str]:
    """Give the block's names and texts; raises SettingsError that names the block and never a value."""
    if not PREFECT_API_URL.value():
        embedded.guard()  # loading starts the embedded server
    try:
        block = Secret.load(name)
        value = block.get()  # type: ignore[union-attr]  # load() is awaitable only where a loop runs
    except Exception as error:  # Prefect raises many kinds; a message could quote the document
        raise SettingsError(
            f"TOPICWATCH_SECRET_BLOCK: the Prefect block secret/{name} cannot be loaded ({type(error).__name__}); "
            "make it on the server that PREFECT_API_URL names"
        ) from None
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise SettingsError(f"TOPICWATCH_SECRET_BLOCK: secret/{name} must hold one JSON object of names and texts")
    return value
