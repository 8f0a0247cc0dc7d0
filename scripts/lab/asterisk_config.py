"""The configuration of a private Asterisk as text, file by file: SIP phones, AMI, dialplan, music, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.unpacked import Unpacked

REPOSITORY = Path(__file__).resolve().parents[2]
DIALPLANS = REPOSITORY / "dialplans" / "asterisk"

# All applications, functions, codecs and file formats, so that an administrator's dialplan runs as at home, but
# those that want a server or a configuration of their own; of the rest only what SIP calls need.
KINDS = ("app_", "func_", "codec_", "format_", "bridge_")
BUT = {
    *("app_adsiprog", "app_alarmreceiver", "app_celgenuserevent", "app_confbridge", "app_festival", "app_followme"),
    *("app_getcpeid", "app_minivm", "app_page", "app_sla", "app_speech_utils", "app_stasis", "app_stasis_broadcast"),
    *("app_voicemail", "app_agent_pool", "func_curl", "func_realtime", "func_srv", "func_enum"),
}
ALSO = (
    *("res_pjproject", "res_sorcery_astdb", "res_sorcery_config", "res_sorcery_memory", "res_timing_timerfd"),
    *("res_rtp_asterisk", "res_pjsip", "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_endpoint_identifier_ip"),
    *("res_pjsip_endpoint_identifier_user", "res_pjsip_caller_id", "res_pjsip_dtmf_info", "res_pjsip_header_funcs"),
    *("res_pjsip_nat", "res_pjsip_rfc3326", "res_pjsip_logger", "res_agi", "res_audiosocket", "res_musiconhold"),
    *(
        "res_clioriginate",
        "res_manager_devicestate",
        "res_convert",
        "res_crypto",
        "res_pjsip_pubsub",
        "res_pjsip_authenticator_digest",
        "res_speech",
        "chan_pjsip",
        "pbx_config",
    ),
)

EMPTY = (
    *("ccss", "cdr", "cel", "cli", "cli_aliases", "codecs", "features", "http", "pjproject", "queuerules"),
    *("sorcery", "stasis", "udptl", "amd"),
)

INDICATIONS = """[general]
country=us
[us]
description=United States
ringcadence=2000,4000
dial=350+440
busy=480+620/500,0/500
ring=440+480/2000,0/4000
congestion=480+620/250,0/250
callwaiting=440/300,0/10000
dialrecall=!350+440/100,!0/100,350+440
record=1400/500,0/15000
info=!950/330,!1400/330,!1800/330,0
stutter=350+440
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one private Asterisk is asked to be. `people` maps a person's name to the port of the person's phone."""

    folder: Path
    sip_port: int
    ami_port: int
    ami_secret: str
    people: dict[str, int]
    globals: dict[str, str]
    rtp_timeout_seconds: int = 30
    qualify_seconds: int = 0
    numbers: Mapping[str, str] = field(default_factory=dict)
    extra_extensions: str = ""
    extra_queues: str = ""
    without_modules: frozenset[str] = frozenset()


def write(settings: Settings, unpacked: Unpacked) -> None:
    """Write every file of the configuration into `settings.folder`/etc."""
    etc = settings.folder / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    texts = dict.fromkeys(EMPTY, "[general]\n") | {
        "acl": "",
        "asterisk": _asterisk(settings.folder, unpacked),
        "modules": _modules(unpacked, settings.without_modules),
        "logger": "[general]\ndateformat=%F %T.%3q\n[logfiles]\nfull => notice,warning,error,verbose(3),dtmf\n",
        "indications": INDICATIONS,
        "musiconhold": f"[default]\nmode=files\ndirectory={settings.folder}/music\n",
        "rtp": "[general]\nrtpstart=10000\nrtpend=31999\nstrictrtp=no\nicesupport=no\n",
        "manager": _manager(settings),
        "pjsip": _pjsip(settings),
        "extensions": _extensions(settings),
        "queues": "[general]\n" + settings.extra_queues,
    }
    for name, text in texts.items():
        (etc / f"{name}.conf").write_text(text)


def _asterisk(folder: Path, unpacked: Unpacked) -> str:
    directories = {
        "astetcdir": folder / "etc",
        "astmoddir": unpacked.libraries / "asterisk/modules",
        "astdatadir": unpacked.root / "usr/share/asterisk",
        "astsbindir": unpacked.root / "usr/sbin",
        "astvarlibdir": folder / "lib",
        "astdbdir": folder / "lib",
        "astkeydir": folder / "lib",
        "astcachedir": folder / "cache",
        "astagidir": folder / "agi-bin",
        "astspooldir": folder / "spool",
        "astrundir": folder,
        "astlogdir": folder / "log",
    }
    lines = [f"{name} => {path}" for name, path in directories.items()]
    options = "verbose=3\nnocolor=yes\ntimestamp=yes\ntransmit_silence=no\nhideconnect=yes\nlockconfdir=no\n"
    return "[directories]\n" + "\n".join(lines) + f"\n[options]\n{options}systemname=careline-lab\n"


def _modules(unpacked: Unpacked, without: frozenset[str]) -> str:
    there = {path.stem for path in (unpacked.libraries / "asterisk/modules").glob("*.so")}
    wanted = ({name for name in there if name.startswith(KINDS)} - BUT | set(ALSO)) - without
    return "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in sorted(wanted))


def _manager(settings: Settings) -> str:
    """Ours has the rights that the product asks an administrator for; `observer` may watch and do anything."""
    loopback = "deny=0.0.0.0/0.0.0.0\npermit=127.0.0.1/255.255.255.255\n"
    return (
        f"[general]\nenabled=yes\nwebenabled=no\nbindaddr=127.0.0.1\nport={settings.ami_port}\n\n"
        f"{_careline_user(settings.ami_secret)}\n"
        f"[observer]\nsecret={settings.ami_secret}\n{loopback}read=all\nwrite=all\nwritetimeout=5000\n"
    )


def _careline_user(secret: str) -> str:
    shipped = (DIALPLANS / "manager_careline.conf").read_text()
    lines = [f"secret = {secret}" if line.split("=")[0].strip() == "secret" else line for line in shipped.splitlines()]
    return "\n".join(lines) + "\n"


def _pjsip(settings: Settings) -> str:
    people = [_person(name, port, settings.qualify_seconds) for name, port in settings.people.items()]
    return (
        "[global]\ntype=global\nuser_agent=careline-lab\nendpoint_identifier_order=username,ip\n\n"
        f"[transport]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{settings.sip_port}\n\n"
        f"{_endpoint('caller', settings.rtp_timeout_seconds, 'callers')}identify_by=ip\n\n"
        "[caller-identify]\ntype=identify\nendpoint=caller\nmatch=127.0.0.1\n\n" + "\n".join(people)
    )


def _person(name: str, port: int, qualify_seconds: int) -> str:
    endpoint = _endpoint(name, 0, "people")
    return (
        f"{endpoint}aors={name}\nidentify_by=username\n\n"
        f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{port}\nqualify_frequency={qualify_seconds}\n"
        "qualify_timeout=0.5\n"
    )


def _endpoint(name: str, rtp_timeout_seconds: int, context: str) -> str:
    return (
        f"[{name}]\ntype=endpoint\ncontext={context}\ndisallow=all\nallow=ulaw,alaw\ndtmf_mode=rfc4733\n"
        f"direct_media=no\nrtp_symmetric=yes\nrewrite_contact=yes\ntimers=no\nrtp_timeout={rtp_timeout_seconds}\n"
        "rtp_timeout_hold=300\n"
    )


def _extensions(settings: Settings) -> str:
    variables = "".join(f"{name}={value}\n" for name, value in settings.globals.items())
    return (
        f"[general]\nstatic=yes\nwriteprotect=yes\n\n[globals]\n{variables}\n"
        f"#include {DIALPLANS}/extensions_careline.conf\n\n"
        "[people]\ninclude => careline-people\ninclude => callers\n\n"
        "[callers]\n"
        f"{_careline_numbers({'100': '', **settings.numbers})}"
        "exten => echo,1,Answer()\n same => n,Echo()\n"
        "exten => music,1,Answer()\n same => n,MusicOnHold()\n"
        f"{settings.extra_extensions}\n"
    )


def _careline_numbers(numbers: Mapping[str, str]) -> str:
    return "".join(
        f"exten => {extension},1,Set(FROM_DID={dialled})\n same => n,Goto(careline,s,1)\n"
        for extension, dialled in numbers.items()
    )
