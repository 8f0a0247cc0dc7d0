"""The switch as a whole: its ports, channels, listeners and dialplan."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lab import sip
from lab.ports import free_port
from tests.freeswitch_double import dialplan
from tests.freeswitch_double.channel import Channel
from tests.freeswitch_double.dialplan import Dialplan
from tests.freeswitch_double.listener import Listener
from tests.freeswitch_double.originate import cause_of
from tests.freeswitch_double.profile import Profile
from tests.freeswitch_double.scheduler import Scheduler
from tests.freeswitch_double.sip_side import CAUSES, SipSide
from tests.freeswitch_double.wire import Event, packet

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from types import TracebackType

    from lab.call import Ended
    from tests.freeswitch_double.null_leg import NullLeg
    from tests.freeswitch_double.sip_side import Leg

ROOT = Path(__file__).parents[2]
HOOK = ROOT / "dialplans" / "freeswitch" / "careline.xml"
HEARTBEAT_SECONDS = 20.0
NUMBERS = """
<include><context name="public">
  <extension name="careline number"><condition field="destination_number" expression="^100$">
    <action application="set" data="careline_dialled=${destination_number}"/>
    <action application="transfer" data="careline XML careline"/>
  </condition></extension>
  <extension name="echo"><condition field="destination_number" expression="^echo$">
    <action application="answer"/><action application="echo"/>
  </condition></extension>
  <extension name="music"><condition field="destination_number" expression="^music$">
    <action application="answer"/><action application="playback" data="${hold_music}"/>
  </condition></extension>
  <extension name="careline codes">
    <condition field="destination_number" expression="^\\*45$" break="on-true">
      <action application="transfer" data="careline_ready XML careline"/>
    </condition>
    <condition field="destination_number" expression="^\\*46$">
      <action application="transfer" data="careline_not_ready XML careline"/>
    </condition>
  </extension>
</context></include>
"""


class FreeSwitchDouble:
    """Listens on 127.0.0.1 at `esl_port` and `sip_port`, free ones by default.

    `people` are telephones at 127.0.0.1, by name: user/ana rings the one at people["ana"]. Whoever calls in lands in
    `context`: in `public`, 100 is Careline. `extra` are further contexts, texts or files of XML like the hook's.
    `globals` are the global variables; `gateways` the ports of trunks by name.
    With `conf`, the folder of a configuration, its dialplan/*.xml is all there is, and read again by `reloadxml`.
    Without `records` every uuid_record fails.
    """

    def __init__(
        self,
        people: Mapping[str, int] | None = None,
        *,
        hook: Path = HOOK,
        extra: Sequence[Path | str] = (),
        globals: Mapping[str, str] | None = None,  # noqa: A002 - FreeSWITCH's word
        gateways: Mapping[str, int] | None = None,
        socket: str = "",
        password: str = "ClueCon",
        esl_port: int = 0,
        sip_port: int = 0,
        conf: Path | None = None,
        context: str = "public",
        records: bool = True,
        log_file: Path | None = None,
    ) -> None:
        self.people = dict(people or {})
        self.registered = dict(self.people)
        self.gateways = dict(gateways or {})
        self.globals = {"hold_music": "local_stream://moh", **({"careline_socket": socket} if socket else {})}
        self.globals |= globals or {}
        self.password, self.context, self.records = password, context, records
        self.esl_port, self.sip_port = esl_port or free_port(), sip_port or free_port()
        self._conf, self._sources = conf, [*extra, NUMBERS, hook]
        if conf:
            self.globals["conf_dir"] = str(conf)
        self.dialplan: Dialplan
        self.read_dialplan()
        self.scheduler = Scheduler()
        self.channels: dict[str, Channel] = {}
        self.listeners: set[Listener] = set()
        self.hostname = "double"
        self.core_uuid = str(uuid.uuid4())
        self.sip: SipSide
        self._log_file = log_file
        self._server: asyncio.Server
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failures: list[BaseException] = []
        self._sequence = self._sessions = 0

    def read_dialplan(self) -> None:
        """Of a configuration folder as it is now, or what the double was made with."""
        folder = self._conf
        self.dialplan = Dialplan(sorted((folder / "dialplan").rglob("*.xml")) if folder else self._sources)

    # ---- life ----

    async def start(self) -> None:
        self.sip = await SipSide.create("mod_sofia", port=self.sip_port)  # type: ignore[assignment]
        self.sip.on_call = self._take_call
        self._server = await asyncio.start_server(self._take_listener, "127.0.0.1", self.esl_port)
        self.start_heartbeat()
        self.log("FreeSWITCH Started")

    async def stop(self) -> None:
        """End it: calls are hung up, connections end."""
        self._server.close()
        for channel in tuple(self.channels.values()):
            channel.hang_up("MANAGER_REQUEST", at_once=True)
        self.scheduler.close()
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in tuple(self.listeners):
            listener.end()
        self.sip.close()
        if self._failures:
            raise self._failures[0]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def start_heartbeat(self) -> None:
        async def beat() -> None:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                self.fire("HEARTBEAT", {"Event-Info": "System Ready", "Session-Count": str(len(self.channels))})

        self.spawn(beat(), "heartbeat")

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """A task of the switch's; its failure is the double's, and told when it stops."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failures.append(error)
            self.log(f"{task.get_name()} failed: {error!r}")

    def log(self, text: str) -> None:
        if self._log_file:
            with self._log_file.open("a") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    # ---- telephones ----

    def register(self, name: str) -> None:
        """A person's telephone is plugged in again."""
        self.registered[name] = self.people[name]
        self._tell_phone("sofia::register", name)

    def unregister(self, name: str) -> None:
        self.registered.pop(name, None)
        self._tell_phone("sofia::unregister", name)

    def _tell_phone(self, subclass: str, name: str) -> None:
        contact = f"<sip:{name}@127.0.0.1:{self.people[name]}>"
        about = {"profile-name": "internal", "from-user": name, "from-host": "127.0.0.1", "contact": contact}
        self.fire("CUSTOM", {"Event-Subclass": subclass, **about, "to-user": name, "to-host": "127.0.0.1"})

    def cause_of(self, channel: Channel, ended: Ended) -> str:
        incoming = channel.profile.direction == "inbound"
        return cause_of(ended, CAUSES, answered=channel.answered, incoming=incoming)

    def _take_call(self, leg: Leg) -> None:
        assert leg.invite
        user, _, address = sip.address(leg.invite.get("from")).removeprefix("sip:").partition("@")
        shown = leg.invite.get("from").partition("<")[0].strip().strip('"')
        dialled = sip.address(leg.invite.start.split()[1]).removeprefix("sip:").partition("@")[0]
        name = f"sofia/internal/{user}@{address}"
        profile = Profile("inbound", shown or user, user, dialled, self.context, name, username=user)
        channel = self.new_channel(
            self.new_uuid(), leg, profile, _sip_variables(leg, user, dialled, self.sip_port) | self._login(user)
        )
        self.spawn(channel.run(channel.begin), f"channel {channel.uuid}")

    def _login(self, user: str) -> dict[str, str]:
        """What the directory says of a person's telephone, which had to say who it is. Source: sofia_reg.c."""
        if user not in self.registered:
            return {}
        presence_id = f"{user}@127.0.0.1"  # sofia.c, where manage-presence is on
        return {"user_name": user, "domain_name": "127.0.0.1", "sip_authorized": "true", "presence_id": presence_id}

    def new_channel(self, uuid: str, leg: Leg | NullLeg, profile: Profile, variables: Mapping[str, str]) -> Channel:
        channel = self.channels[uuid] = Channel(self, uuid, leg, profile)
        self._sessions += 1
        channel.vars |= {"session_id": str(self._sessions), "channel_name": profile.channel_name, **variables}
        self.spawn(self._forget(channel), "a channel's end")
        return channel

    async def _forget(self, channel: Channel) -> None:
        await channel.gone.wait()
        self.channels.pop(channel.uuid, None)
        self.scheduler.delete(channel.uuid)

    # ---- events ----

    def wanted(self, name: str) -> bool:
        return any(listener.wants(name) for listener in self.listeners)

    def fire(self, name: str, headers: Mapping[str, str], _: Channel | None = None, *, body: str = "") -> None:
        if self.wanted(name):
            event = Event({**self.general_headers(name), **headers}, body)
            for listener in tuple(self.listeners):
                listener.take(event)

    def general_headers(self, name: str) -> dict[str, str]:
        self._sequence += 1
        now = time.time()
        return {
            "Event-Name": name,
            "Core-UUID": self.core_uuid,
            "FreeSWITCH-Hostname": self.hostname,
            "FreeSWITCH-Switchname": self.hostname,
            "FreeSWITCH-IPv4": "127.0.0.1",
            "FreeSWITCH-IPv6": "::1",
            "Event-Date-Local": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)),
            "Event-Date-GMT": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now)),
            "Event-Date-Timestamp": str(int(now * 1_000_000)),
            "Event-Calling-File": "double.py",
            "Event-Calling-Function": "fire",
            "Event-Calling-Line-Number": "1",
            "Event-Sequence": str(self._sequence),
        }

    def _take_listener(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener = Listener(self, reader, writer)
        listener.write(packet({"Content-Type": "auth/request"}))
        self.spawn(listener.run(), "event socket")

    # ---- what the dialplan and the commands ask ----

    def evaluate(self, api: str, arguments: str) -> str:
        """${api(arguments)} within a dialplan."""
        match api:
            case "cond":
                return dialplan.cond(arguments)
            case "strepoch":
                return str(int(time.time()))
            case _:
                return f"-ERR {api} is not known here"

    @staticmethod
    def new_uuid() -> str:
        return str(uuid.UUID(bytes=os.urandom(16), version=4))


def _sip_variables(leg: Leg, user: str, dialled: str, port: int) -> dict[str, str]:
    """What mod_sofia tells of an INVITE. A header X-Some-Thing is sip_h_X-Some-Thing."""
    assert leg.invite
    invite = leg.invite
    host, peer = sip.host_and_port(sip.address(invite.get("contact")))
    named = {
        "sip_call_id": leg.call_id,
        "sip_full_via": invite.get("via"),
        "sip_full_from": invite.get("from"),
        "sip_full_to": invite.get("to"),
        "sip_from_user_stripped": user.removeprefix("+"),
        "sip_from_display": invite.get("from").partition("<")[0].strip().strip('"') or user,
        "sip_from_tag": invite.get("from").rpartition("tag=")[2],
        "sip_user_agent": "lab",
        "sip_via_protocol": "udp",
        "sip_local_network_addr": "127.0.0.1",
        "sofia_profile_name": "internal",
        "recovery_profile_name": "internal",
        "sofia_profile_url": f"sip:mod_sofia@127.0.0.1:{port}",
        "max_forwards": invite.get("max-forwards") or "70",
        "switch_r_sdp": invite.body,
        "rtp_use_codec_string": "PCMU,PCMA",
        "endpoint_disposition": "DELAYED NEGOTIATION",
    }
    addresses = {
        **_address("from", user, host, peer),
        **_address("contact", user, host, peer),
        **{name: value for what in ("req", "to") for name, value in _address(what, dialled, "127.0.0.1", port).items()},
        **{f"sip_{what}_ip": host for what in ("network", "received")},
        **{f"sip_{what}_port": str(peer) for what in ("network", "received")},
    }
    own = {f"sip_h_{name.title()}": value for name, value in invite.headers if name.startswith("x-")}
    return named | addresses | own


def _address(what: str, user: str, host: str, port: int) -> dict[str, str]:
    uri = f"{user}@{host}:{port}"
    return {f"sip_{what}_user": user, f"sip_{what}_host": host, f"sip_{what}_port": str(port), f"sip_{what}_uri": uri}
