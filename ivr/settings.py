"""The settings of one host: where the plan is, where the state is kept, how to reach the PBX and the recognisers.

Read from a YAML file (`--settings FILE`, else ./careline.yaml, else /etc/careline/careline.yaml). Relative paths are
relative to the file. What callers hear and how calls are queued is not here but in the plan.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ivr.errors import UserError
from ivr.menus.mistakes import place, suggestion
from ivr.menus.reading.yaml_marks import Node, read

SETTINGS_FILES = (Path("careline.yaml"), Path("/etc/careline/careline.yaml"))
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(UserError):
    """The settings cannot be used; the message says what is wrong, where, and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_S = TypeVar("_S", bound=_Section)


class Listen(_Section):
    """Where we listen. Anybody who reaches these ports can speak as the PBX: loopback, or a network of its own."""

    host: str = "127.0.0.1"
    port: Port


class Manager(_Section):
    """The PBX's manager interface (AMI). The secret stands here or, readable to us alone, in `secret_file`."""

    host: str = "127.0.0.1"
    port: Port = 5038
    user: str = "careline"
    secret: str = Field("", repr=False)
    secret_file: Path | None = None


class Asterisk(_Section):
    """`sounds` is Asterisk's folder of recorded sounds (with en/ and es/ in it), used where they fit."""

    ami: Manager = Manager()
    agi: Listen = Listen(port=4573)
    audiosocket: Listen = Listen(port=9092)
    sounds: Path | None = Path("/usr/share/asterisk/sounds")


class Speech(_Section):
    """`workers`: recogniser processes. `models`: a Vosk model's folder by language, else the usual places are searched.

    `voices`: the synthesiser of prompts by language, "flite:slt" or "piper:/opt/voices/es_MX.onnx"; else the best that
    is installed.
    """

    workers: Annotated[int, Field(ge=0, le=64)] = 1
    models: Mapping[str, Path] = {}
    voices: Mapping[str, str] = {}


class Mail(_Section):
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


class Webhook(_Section):
    """What alerts are signed with when they are posted to a web address; unsigned without a secret."""

    secret: str = Field("", repr=False)
    secret_file: Path | None = None


class Sms(_Section):
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


class Notify(_Section):
    """How alerts leave this host. What is not here is not used; whose address is where stands in the plan."""

    mail: Mail | None = None
    webhook: Webhook = Webhook()
    sms: Sms | None = None


class Wallboards(_Section):
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


class Feeds(_Section):
    """What others read of the queues. The queue log is in the state folder unless it is given; null switches it off.

    The ports are closed unless they are given. Whoever reaches the one for metrics may read them: they name nobody.
    """

    queue_log: Path | None = Path("queue_log")
    ami: Wallboards | None = None
    metrics: Listen | None = None


class Settings(_Section):
    """`prompts`: folders with recordings (en/NAME.wav) and texts (en.yaml) that go before the shipped ones.

    `cache` holds what can be made again (spoken prompts, language models); by default it is in the state folder.
    """

    plan: Path
    state: Path = Path("/var/lib/careline")
    cache: Path | None = None
    prompts: tuple[Path, ...] = ()
    asterisk: Asterisk = Asterisk()
    speech: Speech = Speech()
    notify: Notify = Notify()
    feeds: Feeds = Feeds()
    log_json: bool = False

    @property
    def recordings(self) -> Path:
        """Prompts recorded by telephone; they go before those of the folders `prompts`."""
        return self.state / "prompts"


def find() -> Path:
    """The settings file in its usual places. Raises SettingsError."""
    for file in SETTINGS_FILES:
        if file.is_file():
            return file
    places = " nor ".join(str(file) for file in SETTINGS_FILES)
    raise SettingsError(f"no settings: neither {places} is there; name a file with --settings")


def load(file: Path) -> Settings:
    """Read the settings. Raises SettingsError with every mistake, a line each as file:line:column."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise SettingsError(
            f"the settings {file} cannot be read: {error.strerror}; name a file with --settings"
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"the settings {file} are not UTF-8: save the file as UTF-8") from None
    node, faults = read(text)
    if node is None or faults:
        raise SettingsError("\n".join(f"{file}:{fault.mark[0]}:{fault.mark[1]}: {fault.text}" for fault in faults))
    try:
        settings = Settings.model_validate(node.plain())
    except ValidationError as wrong:
        raise SettingsError("\n".join(_mistakes(file, node, wrong))) from None
    return _with_secrets(_beside(settings, file.parent), file.parent)


def _mistakes(file: Path, node: Node, wrong: ValidationError) -> list[str]:
    told = []
    for error in wrong.errors(include_url=False, include_input=False):
        path = tuple(step for step in error["loc"] if isinstance(step, str | int))
        line, column = node.at(path, key=error["type"] == "extra_forbidden")
        told.append(f"{file}:{line}:{column}: {_sentence(path, error['type'], error['msg'])}")
    return told


def _sentence(path: tuple[str | int, ...], kind: str, otherwise: str) -> str:
    where = place(path[:-1]) if path[1:] else "the settings"
    match kind:
        case "missing":
            return f"'{path[-1]}' is missing in {where}"
        case "extra_forbidden":
            return f"'{path[-1]}' is not a key of {where}{suggestion(str(path[-1]), _keys())}"
        case "model_type" | "dict_type" | "mapping_type":
            return f"{place(path) if path else where} must be keys and values"
        case "path_type":
            return f"{place(path)} must be a path"
        case "value_error":
            return f"{place(path)} {otherwise.removeprefix('Value error, ')}"
        case _:
            return f"{place(path)}: {otherwise}"


def _keys() -> set[str]:
    """Every key of every section."""
    return {
        field.alias or name for section in _Section.__subclasses__() for name, field in section.model_fields.items()
    }


def _beside(settings: Settings, folder: Path) -> Settings:
    """Relative paths, made relative to the file's folder."""
    state, asterisk, speech = folder / settings.state, settings.asterisk, settings.speech
    sounds = asterisk.sounds
    models = {language: folder / model for language, model in speech.models.items()}
    return settings.model_copy(
        update={
            "plan": folder / settings.plan,
            "state": state,
            "cache": folder / settings.cache if settings.cache else state / "cache",
            "prompts": tuple(folder / each for each in settings.prompts),
            "asterisk": asterisk.model_copy(update={"sounds": sounds and folder / sounds}),
            "speech": speech.model_copy(update={"models": models}),
            "feeds": settings.feeds.model_copy(update={"queue_log": _queue_log(settings.feeds, folder, state)}),
        }
    )


def _queue_log(feeds: Feeds, folder: Path, state: Path) -> Path | None:
    given = "queue_log" in feeds.model_fields_set
    return feeds.queue_log and (folder if given else state) / feeds.queue_log


def _with_secrets(section: _S, folder: Path) -> _S:
    """The section and those within, with each secret that has a file of its own read from there."""
    found: dict[str, object] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, _Section):
            found[name] = _with_secrets(value, folder)
        elif name.endswith("_file") and isinstance(value, Path):
            found |= {name: folder / value, name.removesuffix("_file"): _secret(folder / value)}
    return section.model_copy(update=found)


def _secret(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"the secret file {file} cannot be read: {why}") from None
