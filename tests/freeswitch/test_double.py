"""The double says what FreeSWITCH said, scenario by scenario.

Left out: play_and_get_digits, which Careline uses nowhere; and the first CHANNEL_PARK of a caller
whom `socket` handed over. The call's thread tells it while the connection's thread answers the first commands: in the
recordings it comes before, among or after their replies, or before `myevents` and so not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from lab.phone import Answers, Ignores, Phone, Rejects
from lab.ports import free_port
from lab.sound import tone, write_wav
from tests.freeswitch.replay import Connection, Replay, Scenario, differences
from tests.freeswitch_double import FreeSwitchDouble

if TYPE_CHECKING:
    from pathlib import Path

    from lab.call import PhoneCall
    from lab.phone import Policy
    from tests.freeswitch.replay import Told

Act = Callable[[], object]
SOCKET = '<action application="socket" data="127.0.0.1:{port} async full"/>'
FALLBACK = """<action application="log" data="WARNING {text}"/><action application="answer"/>
  <action application="playback" data="tone_stream://%(200,100,{hertz});loops=10"/>
  <action application="hangup" data="NORMAL_TEMPORARY_FAILURE"/>"""
DEADMAN = '<action application="sched_transfer" data="+5 fallback XML default"/>'
PARK = '<action application="answer"/><action application="park"/>'
RESUME = '<action application="set" data="socket_resume=true"/>'
LISTENING = "inbound command/reply +OK event listener enabled"
TALKING = "caller CHANNEL_BRIDGE"


class SilentPhone(Phone):
    """Does not even say that it rings, as long as it is `silent`."""

    silent = False

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.silent:
            super().datagram_received(data, addr)


Acts = Callable[["Stage"], dict[str, Act]]


class Stage:
    """The telephones of a scenario, its double, and a Careline that only takes connections."""

    def __init__(self, folder: Path) -> None:
        self.outbound_port = free_port()
        self.prompt, self.short, self.recorded = (folder / name for name in ("long.wav", "short.wav", "said.raw"))
        write_wav(self.prompt, tone(440, 4))
        write_wav(self.short, tone(440, 1))
        self._taken: list[Connection] = []
        self.connections: asyncio.Queue[Connection] = asyncio.Queue()
        self.double = FreeSwitchDouble(extra=[numbers(self.outbound_port)], context="default")
        self.caller: Phone
        self.agent: SilentPhone
        self.other: Phone
        self.call: PhoneCall

    async def play(self, scenario: Callable[[Stage], Scenario]) -> tuple[Told, Told]:
        async with AsyncExitStack() as everything:
            self.caller = await everything.enter_async_context(await Phone.create("caller"))
            agent = await everything.enter_async_context(await SilentPhone.create("agent"))
            assert isinstance(agent, SilentPhone)
            self.agent = agent
            self.other = await everything.enter_async_context(await Phone.create("agent2"))
            await everything.enter_async_context(self.double)
            careline = await asyncio.start_server(self._take, "127.0.0.1", self.outbound_port)
            everything.callback(careline.close)
            everything.callback(self._hang_up)
            return await Replay(scenario(self), self.double, self.connections).run()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._taken.append(Connection(reader, writer))
        self.connections.put_nowait(self._taken[-1])

    def _hang_up(self) -> None:
        for connection in self._taken:
            connection.close()

    # ---- acts ----

    def dial(self, number: str) -> Act:
        def act() -> None:
            self.call = self.caller.dial(f"sip:{number}@127.0.0.1:{self.double.sip_port}")

        return act

    def caller_hangs_up(self) -> None:
        self.call.hang_up()

    def agent_hangs_up(self) -> None:
        self.agent.calls[-1].hang_up()

    def agent_does(self, policy: Policy, *, silent: bool = False) -> Act:
        def act() -> None:
            self.agent.policy, self.agent.silent = policy, silent

        return act

    @property
    def words(self) -> dict[str, str]:
        """Ours for the recording's."""
        return {
            "127.0.0.1:9001": f"127.0.0.1:{self.outbound_port}",
            "127.0.0.1:6171": f"127.0.0.1:{self.agent.port}",
            "127.0.0.1:6471": f"127.0.0.1:{self.agent.port}",
            "127.0.0.1:6172": f"127.0.0.1:{self.other.port}",
            "/srv/fs/sounds/prompt.wav": str(self.prompt),
            "/srv/fs/sounds/short.wav": str(self.short),
            "/srv/fs/rec/b.raw": str(self.recorded),
            "/srv/fs/rec/p.raw": str(self.recorded),
        }


def numbers(port: int) -> str:
    """The dialplan of the recordings, as far as they show it."""
    socket = SOCKET.format(port=port)
    plans = {
        "1000": socket,
        "1001": RESUME + socket,
        "1003": SOCKET.format(port=9999) + FALLBACK.format(text="DIALPLAN-CONTINUED after refused socket", hertz=600),
        "1005": DEADMAN + socket,
        "2000": PARK,
        "fallback": FALLBACK.format(text="FALLBACK", hertz=900),
    }
    extensions = "".join(
        f'<extension name="{number}"><condition field="destination_number" expression="^{number}$">{plan}</condition>'
        "</extension>"
        for number, plan in plans.items()
    )
    return f'<include><context name="default">{extensions}</context></include>'


def handed_over(recording: str, acts: Acts, number: str = "1000") -> Callable[[Stage], Scenario]:
    """`socket` hands the caller over to Careline; what then is done follows on what Careline was told."""

    def scenario(stage: Stage) -> Scenario:
        told = {f"outbound {event}": act for event, act in acts(stage).items()}
        told["the beginning"] = stage.dial(number)
        return Scenario(recording, told, stage.words, cut=_not_careline, any_time=_is_first_park)

    return scenario


def observed(recording: str, acts: Acts, number: str = "", ends_with: str = "") -> Callable[[Stage], Scenario]:
    """What an observer was told over a connection of his own; a caller dials once he listens."""

    def scenario(stage: Stage) -> Scenario:
        dials = {f"{LISTENING} {form}": stage.dial(number) for form in ("json", "plain") if number}
        return Scenario(recording, {**dials, **acts(stage)}, stage.words, ends_with)

    return scenario


def nothing(_: Stage) -> dict[str, Act]:
    return {}


def caller_hangs_up(after: str) -> Acts:
    return lambda stage: {after: stage.caller_hangs_up}


def presses_keys(stage: Stage) -> dict[str, Act]:
    return {"CHANNEL_EXECUTE_COMPLETE 4": lambda: stage.call.press("9#")}


def agent_answers(after_seconds: float, **hang_up_after: str) -> Acts:
    """Both agents answer; `caller` or `agent` hang up after an event."""

    def acts(stage: Stage) -> dict[str, Act]:
        stage.agent.policy = Answers(after_seconds)
        who = {"caller": stage.caller_hangs_up, "agent": stage.agent_hangs_up}
        return {event: who[name] for name, event in hang_up_after.items()}

    return acts


def second_of_two_answers(stage: Stage) -> dict[str, Act]:
    stage.other.policy = Answers(0.3)
    return {}


def refuses(stage: Stage) -> dict[str, Act]:
    """The agent's telephone does each time something else."""
    rejects = [stage.agent_does(Rejects(code, 0.1)) for code in (486, 603, 480, 404, 503)]
    ignores = [stage.agent_does(Ignores()), stage.agent_does(Ignores(), silent=True)]
    events = [f"{LISTENING} json", *(f"leg {number} BACKGROUND_JOB" for number in range(1, 7))]
    return dict(zip(events, rejects + ignores, strict=True))


def _is_first_park(line: str) -> bool:
    return line.startswith("CHANNEL_PARK") and "'variable_current_application': 'socket'" in line


def _not_careline(packet: str) -> bool:
    return any(word in packet for word in ("play_and_get_digits", *(f"DTMF-Digit: {key}" for key in "427")))


SCENARIOS = {
    "01a": handed_over("01a_outbound_full.txt", presses_keys),
    "01b": handed_over("01b_outbound_callerhangup_nolinger.txt", caller_hangs_up("CHANNEL_EXECUTE 2")),
    "01c": handed_over("01c_outbound_callerhangup_linger.txt", caller_hangs_up("CHANNEL_EXECUTE 2")),
    "01d": handed_over("01d_outbound_cancel_before_answer.txt", caller_hangs_up("CHANNEL_EXECUTE_COMPLETE")),
    "02a": observed("02a_inbound_bridge_json.txt", agent_answers(0.2, agent=TALKING), "2000"),
    "02b": observed(
        "02b_inbound_park_after_bridge.txt", agent_answers(0, agent=TALKING, caller="caller CHANNEL_PARK 2"), "2000"
    ),
    "02c": observed("02c_inbound_caller_hangup_bridged.txt", agent_answers(0, caller=TALKING), "2000"),
    "02d": observed("02d_inbound_caller_hangup_while_ringing.txt", caller_hangs_up("leg 1 CHANNEL_CALLSTATE"), "2000"),
    "02f": observed("02f_inbound_agent_reject_causes.txt", refuses),
    "02g": observed("02g_inbound_ringall.txt", second_of_two_answers, "2000"),
    "02j": observed("02j_inbound_plain_errors.txt", nothing),
    "03e": observed("03e_raw_nobuffer.txt", caller_hangs_up("caller CHANNEL_EXECUTE_COMPLETE 2"), "2000"),
    "03f": observed("03f_record_prebuffer.txt", caller_hangs_up("caller RECORD_START"), "2000", "RECORD_STOP"),
    "04a": handed_over("04a_kill9_parked.txt", nothing),
    "04e": handed_over("04e_kill9_resume_playing.txt", nothing, "1001"),
    "04f": observed("04f_refused_observer.txt", nothing, "1003"),
    "04k": handed_over("04k_kill9_uuid_bridge.txt", agent_answers(0)),
    "04l": observed("04l_hung_deadman_observer.txt", nothing, "1005"),
    "04n": handed_over("04n_deadman_rearm_sigstop.txt", nothing, "1005"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Told, Told] | BaseException]:
    """What FreeSWITCH and the double said in each scenario. All are played at once: most of it is waiting."""

    async def play() -> list[tuple[Told, Told] | BaseException]:
        stages = [Stage(tmp_path_factory.mktemp(name)) for name in SCENARIOS]
        plays = [stage.play(scenario) for stage, scenario in zip(stages, SCENARIOS.values(), strict=True)]
        return await asyncio.gather(*plays, return_exceptions=True)

    return dict(zip(SCENARIOS, asyncio.run(play()), strict=True))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_double_says_what_freeswitch_said(name: str, told: dict[str, tuple[Told, Told] | BaseException]) -> None:
    result = told[name]
    if isinstance(result, BaseException):
        raise result
    assert differences(*result) == ""
