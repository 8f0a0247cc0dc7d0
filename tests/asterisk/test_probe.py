from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ivr.asterisk import probe
from ivr.asterisk.probe import examine
from ivr.sockets import Address

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.asterisk.settings import AsteriskSettings
    from tests.asterisk.tiny_asterisk import TinyAsterisk


@pytest.fixture
def tried(asterisk: TinyAsterisk, settings: AsteriskSettings) -> AsteriskSettings:
    asterisk.phones[f"Local/s@{settings.person_context}/n"] = "answers"
    return settings


async def bad(settings: AsteriskSettings) -> list[str]:
    return [finding.what for finding in await examine(settings) if not finding.ok]


async def test_all_is_well(tried: AsteriskSettings) -> None:
    assert await bad(tried) == []


async def test_a_manager_that_is_not_there(tried: AsteriskSettings) -> None:
    assert await bad(replace(tried, ami=Address("127.0.0.1", 1))) == ["no Asterisk manager answers at 127.0.0.1:1"]


async def test_a_wrong_secret(tried: AsteriskSettings) -> None:
    assert await bad(replace(tried, secret="wrong")) == ["the manager refuses the login"]


async def test_everything_that_is_missing_is_found_at_once(asterisk: TinyAsterisk, tried: AsteriskSettings) -> None:
    asterisk.answers["ListCommands"] = {"Hangup": "Hangup channel.  (Priv: system,call,all)"}
    asterisk.answers["Getvar"] = {"Value": "0"}
    found = await bad(replace(tried, context="nowhere"))
    assert found[0] == "Asterisk 0"
    assert found[1].startswith("Asterisk's clock and ours are ")
    assert found[2] == "module app_audiosocket is not loaded: " + probe.MODULES["app_audiosocket"]
    assert len([what for what in found if what.startswith("module ")]) == len(probe.MODULES) + 1
    assert found[-2].startswith("the manager user may not use Originate, Bridge, Redirect")
    assert found[-1] == "the dialplan has no context [nowhere]"


async def test_an_asterisk_that_is_too_old(asterisk: TinyAsterisk, tried: AsteriskSettings) -> None:
    asterisk.answers["Getvar"] = {"Value": "16.30.0"}
    assert "Asterisk 16.30.0" in await bad(tried)


async def test_events_that_a_filter_keeps_away_are_named(asterisk: TinyAsterisk, tried: AsteriskSettings) -> None:
    asterisk.phones.clear()
    assert (await bad(tried))[-1].startswith("the manager user is not told of BridgeEnter, BridgeLeave, DTMFEnd")


async def test_a_manager_who_is_not_told_of_keys(asterisk: TinyAsterisk, tried: AsteriskSettings) -> None:
    asterisk.answers["PlayDTMF"] = {"Response": "Success"}
    assert await bad(tried) == ["the manager user is not told of DTMFEnd"]


async def test_who_has_keys_only_needs_prompts_that_asterisk_plays(
    asterisk: TinyAsterisk, tried: AsteriskSettings
) -> None:
    asterisk.not_loaded = {"app_audiosocket", "format_wav"}
    assert await bad(tried) == [
        "module app_audiosocket is not loaded: " + probe.MODULES["app_audiosocket"],
        "module format_wav is not loaded: prompts are played to callers who have keys only",
    ]


def test_prompts_that_asterisk_may_not_read(tmp_path: Path) -> None:
    prompt = tmp_path / "welcome.wav"
    prompt.write_bytes(b"")
    prompt.chmod(0o600)
    assert probe.seen(prompt, 0).ok
    assert probe.seen(prompt, 54_321).what == f"Asterisk may not read the prompt {prompt}: callers hear nothing"
