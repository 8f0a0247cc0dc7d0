"""The commands of `api` and `bgapi`, with FreeSWITCH's replies. Source: mod_commands.c."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.freeswitch_double import originate, tables
from tests.freeswitch_double.wire import Packet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.freeswitch_double.channel import Channel
    from tests.freeswitch_double.switch import FreeSwitchDouble

OK = "+OK\n"
NO_CHANNEL = "-ERR No such channel!\n"
NO_CHANNEL_TO_SEND = "-ERR No Such Channel!\n"
USAGE = "-USAGE: see the documentation\n"
MODULES = {"mod_sofia", "mod_commands", "mod_dptools", "mod_dialplan_xml", "mod_event_socket", "mod_sndfile"} | {
    *("mod_tone_stream", "mod_local_stream", "mod_native_file", "mod_loopback", "mod_console", "mod_logfile")
}


async def run(switch: FreeSwitchDouble, text: str) -> str:
    """The response of `text`, a command and its arguments; "" where FreeSWITCH says nothing."""
    told: list[str] = []
    await run_and_tell(switch, text, told.append)
    return told[0]


async def run_and_tell(switch: FreeSwitchDouble, text: str, tell: Callable[[str], None]) -> None:
    """Call `tell` with the response, once; `originate` may have more to do afterwards."""
    word, _, arguments = text.partition(" ")
    if word == "originate":
        await originate.originate(switch, arguments.strip(), tell)
    elif command := COMMANDS.get(word):
        tell(await command(switch, arguments.strip()))
    else:
        tell(f"-ERR {word} Command not found!\n")


def _channel_command(
    work: Callable[[FreeSwitchDouble, Channel, str], str], gone: str = NO_CHANNEL
) -> Callable[[FreeSwitchDouble, str], Awaitable[str]]:
    """A command whose first argument is a channel: one that was hung up is not found (switch_core_session_locate)."""

    async def command(switch: FreeSwitchDouble, arguments: str) -> str:
        uuid, _, rest = arguments.partition(" ")
        channel = switch.channels.get(uuid)
        return work(switch, channel, rest.strip()) if channel and not channel.cause else gone

    return command


def _setvar(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    name, _, value = rest.partition(" ")
    _set(channel, name, value)
    return OK


def _setvar_multi(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    for each in rest.split(";"):
        name, _, value = each.partition("=")
        _set(channel, name, value)
    return OK


def _set(channel: Channel, name: str, value: str) -> None:
    if value:
        channel.vars[name] = value
    else:
        channel.vars.pop(name, None)


def _getvar(_: FreeSwitchDouble, channel: Channel, name: str) -> str:
    return channel.vars.get(name) or channel.field(name) or "_undef_"


def _break(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    channel.break_off(everything="all" in rest.split())
    return OK


def _kill(_: FreeSwitchDouble, channel: Channel, cause: str) -> str:
    channel.hang_up(cause or "NORMAL_CLEARING")
    return OK


def _transfer(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    words = rest.split()
    if not words:
        return USAGE
    if words[1:] == ["inline"]:
        words.append(channel.profile.context)
    channel.transfer(*words[:3])
    return OK


def _record(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    what, _, path = rest.partition(" ")
    path = path.split()[0] if path else ""
    if what == "start":
        return "+OK Success\n" if channel.recorders.start(path) else "-ERR Cannot record session!\n"
    stopped = channel.recorders.stop_all() if path == "all" else channel.recorders.stop(path)
    return "+OK Success\n" if stopped else "-ERR Cannot stop record session!\n"


def _receive_keys(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    for key in rest.partition("@")[0]:
        channel.take_key(key)
    return OK


def _broadcast(_: FreeSwitchDouble, channel: Channel, rest: str) -> str:
    path = rest.split(maxsplit=1)[0] if rest else ""
    execute = {"call-command": "execute", "execute-app-name": "playback", "execute-app-arg": path}
    channel.queue(Packet("sendmsg", execute))
    return "+OK Message sent\n"


async def _xml_locate(switch: FreeSwitchDouble, arguments: str) -> str:
    section, *where = arguments.split()
    text = switch.dialplan.text(where[-1]) if section == "dialplan" and where[:2] == ["context", "name"] else ""
    return text or "can't find anything\n"


async def _bridge(switch: FreeSwitchDouble, arguments: str) -> str:
    first, second = (switch.channels.get(uuid) for uuid in [*arguments.split(), "", ""][:2])
    if not (first and second) or first.cause or second.cause:
        return "-ERR Invalid uuid\n"
    if not first.has_media:
        first, second = second, first
    if not first.has_media:
        return "-ERR Invalid uuid\n"
    second.bridge_with(first, first=False)
    first.bridge_with(second, first=True)
    return f"+OK {arguments.split()[1]}\n"


async def _exists(switch: FreeSwitchDouble, uuid: str) -> str:
    return "true" if uuid in switch.channels and not switch.channels[uuid].cause else "false"


async def _sched_transfer(switch: FreeSwitchDouble, arguments: str) -> str:
    after, uuid, *where = [*arguments.split(), "", ""]
    channel = switch.channels.get(uuid)
    if not channel:
        return NO_CHANNEL_TO_SEND
    switch.scheduler.add(after, uuid, lambda: channel.transfer(*filter(None, where)))
    return OK


async def _sched_hangup(switch: FreeSwitchDouble, arguments: str) -> str:
    after, uuid, *cause = [*arguments.split(), ""]
    channel = switch.channels.get(uuid)
    if not channel:
        return NO_CHANNEL_TO_SEND
    switch.scheduler.add(after, uuid, lambda: channel.hang_up(*filter(None, cause)))
    return OK


async def _sched_api(switch: FreeSwitchDouble, arguments: str) -> str:
    after, _, rest = arguments.partition(" ")
    group, _, command = rest.partition(" ")
    if not command:
        return "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n"
    work = command.removesuffix("&")
    task = switch.scheduler.add(after, group, lambda: switch.spawn(run(switch, work), "sched_api"))
    return f"+OK Added: {task}\n"


async def _sched_del(switch: FreeSwitchDouble, name: str) -> str:
    return f"+OK Deleted: {switch.scheduler.delete(name)}\n"


async def _hupall(switch: FreeSwitchDouble, cause: str) -> str:
    for channel in tuple(switch.channels.values()):
        channel.hang_up(cause or "MANAGER_REQUEST")
    return f"+OK hangup all channels with cause {cause or 'MANAGER_REQUEST'}\n"


async def _show(switch: FreeSwitchDouble, arguments: str) -> str:
    return tables.show(switch, arguments)


async def _global_getvar(switch: FreeSwitchDouble, name: str) -> str:
    return switch.globals.get(name, "")


async def _global_setvar(switch: FreeSwitchDouble, arguments: str) -> str:
    name, _, value = arguments.partition("=")
    switch.globals[name] = value
    return OK


async def _module_exists(_: FreeSwitchDouble, name: str) -> str:
    return "true" if name in MODULES else "false"


async def _file_exists(_: FreeSwitchDouble, path: str) -> str:
    return "true" if Path(path).exists() else "false"  # noqa: ASYNC240 - a look, in a test


async def _sofia_contact(switch: FreeSwitchDouble, name: str) -> str:
    user = name.rpartition("/")[2].partition("@")[0]
    port = switch.registered.get(user)
    return f"sofia/internal/sip:{user}@127.0.0.1:{port}" if port else "error/user_not_registered"


async def _evaluate(switch: FreeSwitchDouble, text: str) -> str:
    return switch.globals.get(text.strip("${}"), "") if text.startswith("$") else text


async def _echo(_: FreeSwitchDouble, text: str) -> str:
    return text


async def _strepoch(_: FreeSwitchDouble, text: str) -> str:
    return str(int(time.time()))


async def _status(switch: FreeSwitchDouble, _: str) -> str:
    return f"UP 0 years, 0 days, 0 hours\nFreeSWITCH (Version 1.10.12) is ready\n{len(switch.channels)} session(s)\n"


async def _version(_: FreeSwitchDouble, __: str) -> str:
    return "FreeSWITCH Version 1.10.12-double~64bit (double 64bit)\n"


async def _create_uuid(switch: FreeSwitchDouble, _: str) -> str:
    return switch.new_uuid()


async def _sofia(switch: FreeSwitchDouble, arguments: str) -> str:
    match arguments.split():
        case ["xmlstatus"]:
            return "<profiles><profile><name>internal</name><type>profile</type></profile></profiles>\n"
        case ["xmlstatus", "profile", "internal"]:
            url = f"<url>sip:mod_sofia@127.0.0.1:{switch.sip_port}</url>"
            return f"<profile><profile-info>{url}<context>{switch.context}</context></profile-info></profile>\n"
        case _:
            return "+OK\n"


async def _reloadxml(switch: FreeSwitchDouble, __: str) -> str:
    switch.read_dialplan()
    return "+OK [Success]\n"


COMMANDS: dict[str, Callable[[FreeSwitchDouble, str], Awaitable[str]]] = {
    "uuid_setvar": _channel_command(_setvar),
    "uuid_setvar_multi": _channel_command(_setvar_multi),
    "uuid_getvar": _channel_command(_getvar),
    "uuid_break": _channel_command(_break),
    "uuid_kill": _channel_command(_kill),
    "uuid_transfer": _channel_command(_transfer, NO_CHANNEL_TO_SEND),
    "uuid_record": _channel_command(_record, "-ERR Cannot locate session!\n"),
    "uuid_recv_dtmf": _channel_command(_receive_keys),
    "uuid_broadcast": _channel_command(_broadcast),
    "uuid_bridge": _bridge,
    "xml_locate": _xml_locate,
    "uuid_exists": _exists,
    "sched_transfer": _sched_transfer,
    "sched_hangup": _sched_hangup,
    "sched_api": _sched_api,
    "sched_del": _sched_del,
    "hupall": _hupall,
    "show": _show,
    "global_getvar": _global_getvar,
    "global_setvar": _global_setvar,
    "module_exists": _module_exists,
    "file_exists": _file_exists,
    "sofia_contact": _sofia_contact,
    "eval": _evaluate,
    "echo": _echo,
    "strepoch": _strepoch,
    "status": _status,
    "version": _version,
    "create_uuid": _create_uuid,
    "reloadxml": _reloadxml,
    "sofia": _sofia,
}
