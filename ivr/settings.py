"""The settings of one host: where the plan is, where the state is kept, how to reach the PBX and the recognisers.

What callers hear and how calls are queued is not here but in the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PLAIN = re.compile(r"[A-Za-z0-9_./+-]*")  # all else means something to FreeSWITCH's commands
Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listen(Section):
    """Where we listen. Anybody who reaches these ports can speak as the PBX: loopback, or a network of its own."""

    host: str = "127.0.0.1"
    port: Port


class Manager(Section):
    """The PBX's manager interface (AMI). The secret stands here or, readable to us alone, in `secret_file`."""

    host: str = "127.0.0.1"
    port: Port = 5038
    user: str = "careline"
    secret: str = Field("", repr=False)
    secret_file: Path | None = None


class Asterisk(Section):
    """`sounds` is Asterisk's folder of recorded sounds (with en/ and es/ in it), used where they fit."""

    ami: Manager = Manager()
    agi: Listen = Listen(port=4573)
    audiosocket: Listen = Listen(port=9092)
    sounds: Path | None = Path("/usr/share/asterisk/sounds")


class EventSocket(Section):
    """FreeSWITCH's event socket. The password stands here or, readable to us alone, in `password_file`."""

    host: str = "127.0.0.1"
    port: Port = 8021
    password: str = Field("", repr=False)
    password_file: Path | None = None

    @model_validator(mode="after")
    def _has_a_password(self) -> EventSocket:
        if not self.password and not self.password_file:
            raise ValueError("needs 'password' or 'password_file': the one in event_socket.conf.xml")
        return self


class FreeSwitch(Section):
    """`audio` is a folder in a memory file system, in which FreeSWITCH writes what callers say.

    `phones`: FreeSWITCH's dial strings by the plan's addresses, where they cannot be told from these.
    """

    esl: EventSocket
    outbound: Listen = Listen(port=8084)
    audio: Path = Path("/dev/shm/careline")  # noqa: S108 - a folder of its own, closed to others
    phones: Mapping[str, str] = {}

    @field_validator("audio")
    @classmethod
    def _can_be_named(cls, audio: Path) -> Path:
        if not PLAIN.fullmatch(str(audio)):
            raise ValueError("must have letters, digits, '/', '_', '-', '.' and '+' only, which FreeSWITCH can name")
        return audio


class Speech(Section):
    """`workers`: recogniser processes. `models`: a Vosk model's folder by language, else the usual places are searched.

    `voices`: the synthesiser of prompts by language, "flite:slt" or "piper:/opt/voices/es_MX.onnx"; else the best that
    is installed.
    """

    workers: Annotated[int, Field(ge=0, le=64)] = 1
    models: Mapping[str, Path] = {}
    voices: Mapping[str, str] = {}


class Mail(Section):
    """The mail server for alerts. `tls`: "starttls" (port 587), "tls" from the first byte (465), or "none" (25).

    Without a `user` there is no login. The password stands here or, readable to us alone, in `password_file`.
    """

    host: str
    port: Port = 587
    user: str = ""
    password: str = Field("", repr=False)
    password_file: Path | None = None
    sender: str = Field(alias="from")
    tls: Literal["starttls", "tls", "none"] = "starttls"

    @model_validator(mode="after")
    def _keeps_its_password(self) -> Mail:
        if self.user and self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("logs in without TLS, where anybody may read the password: set tls to starttls or tls")
        if "@" not in self.sender or not self.sender.isprintable():
            raise ValueError("needs the sender's address in 'from', like alerts@example.org")
        return self


class Webhook(Section):
    """What alerts are signed with when they are posted to a web address; unsigned without a secret."""

    secret: str = Field("", repr=False)
    secret_file: Path | None = None


class Sms(Section):
    """The request that the gateway for text messages wants, with {to}, {text} and {secret} in their places.

    They are escaped for where they stand: the URL, a form, or JSON (which a `content-type` that is not given is).
    """

    url: str = Field(repr=False)
    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: Mapping[str, str] = Field({}, repr=False)
    body: str = Field('{"to": "{to}", "text": "{text}"}', repr=False)
    secret: str = Field("", repr=False)
    secret_file: Path | None = None

    @model_validator(mode="after")
    def _says_whom_and_what(self) -> Sms:
        if not self.url.startswith(("https://", "http://")):
            raise ValueError("needs a 'url' that begins with https:// or http://")
        sent = self.url if self.method == "GET" else self.url + self.body
        if "{to}" not in sent or "{text}" not in sent:
            raise ValueError("never says {to} or {text}: write both into 'body', or into 'url' for a GET")
        return self


class Notify(Section):
    """How alerts leave this host. What is not here is not used; whose address is where stands in the plan."""

    mail: Mail | None = None
    webhook: Webhook = Webhook()
    sms: Sms | None = None


class Wallboards(Section):
    """A manager interface of our own, for the wallboards of app_queue. With a user, they have to log in."""

    host: str = "127.0.0.1"
    port: Port
    user: str = ""
    secret: str = Field("", repr=False)
    secret_file: Path | None = None

    @model_validator(mode="after")
    def _is_not_open_to_all(self) -> Wallboards:
        if self.user and not self.secret and not self.secret_file:
            raise ValueError("has a user without a secret: add 'secret' or 'secret_file'")
        if not self.user and self.host not in LOOPBACK:
            raise ValueError("can be read from other hosts by anybody: add 'user' and 'secret'")
        return self


class Feeds(Section):
    """What others read of the queues. The queue log is in the state folder unless it is given; null switches it off.

    The ports are closed unless they are given. Whoever reaches the one for metrics may read them: they name nobody.
    """

    queue_log: Path | None = Path("queue_log")
    ami: Wallboards | None = None
    metrics: Listen | None = None


class Settings(Section):
    """`prompts`: folders with recordings (en/NAME.wav) and texts (en.yaml) that go before the shipped ones.

    `cache` holds what can be made again (spoken prompts, language models); by default it is in the state folder.
    The PBX is FreeSWITCH where `freeswitch` is given, else Asterisk.
    """

    plan: Path
    state: Path = Path("/var/lib/careline")
    cache: Path | None = None
    prompts: tuple[Path, ...] = ()
    asterisk: Asterisk = Asterisk()
    freeswitch: FreeSwitch | None = None
    speech: Speech = Speech()
    notify: Notify = Notify()
    feeds: Feeds = Feeds()
    log_json: bool = False

    @field_validator("freeswitch", mode="before")
    @classmethod
    def _is_not_empty(cls, freeswitch: object) -> object:
        if freeswitch is None:
            raise ValueError("must be keys and values")
        return freeswitch

    @property
    def pbx(self) -> Literal["asterisk", "freeswitch"]:
        return "freeswitch" if self.freeswitch else "asterisk"

    @property
    def sounds(self) -> Path | None:
        """The PBX's own recorded sounds, used where they fit; FreeSWITCH's are others."""
        return None if self.freeswitch else self.asterisk.sounds

    @property
    def recordings(self) -> Path:
        """Prompts recorded by telephone; they go before those of the folders `prompts`."""
        return self.state / "prompts"
