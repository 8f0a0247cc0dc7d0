"""The settings of one host: where the plan is, where the state is kept, how to reach the PBX and the recognisers.

Read from a YAML file (`--settings FILE`, else ./careline.yaml, else /etc/careline/careline.yaml). Relative paths are
relative to the file. What callers hear and how calls are queued is not here but in the plan.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the types of the fields at run time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.errors import UserError
from ivr.menus.mistakes import place, suggestion
from ivr.menus.yaml_marks import Node, read

SETTINGS_FILES = (Path("careline.yaml"), Path("/etc/careline/careline.yaml"))
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(UserError):
    """The settings cannot be used; the message says what is wrong, where, and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listen(_Section):
    """Where we listen. Anybody who reaches these ports can speak as the PBX: loopback, or a network of its own."""

    host: str = "127.0.0.1"
    port: Port


class Manager(_Section):
    """The PBX's manager interface (AMI). The secret stands here or, readable to us alone, in `secret_file`."""

    host: str = "127.0.0.1"
    port: Port = 5038
    user: str = "careline"
    secret: str = ""
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
    log_json: bool = False


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
    return _with_secret(_beside(settings, file.parent))


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
            known = {key for section in (Settings, Asterisk, Manager, Listen, Speech) for key in section.model_fields}
            return f"'{path[-1]}' is not a key of {where}{suggestion(str(path[-1]), known)}"
        case "model_type" | "dict_type" | "mapping_type":
            return f"{place(path) if path else where} must be keys and values"
        case "path_type":
            return f"{place(path)} must be a path"
        case _:
            return f"{place(path)}: {otherwise}"


def _beside(settings: Settings, folder: Path) -> Settings:
    """Relative paths, made relative to the file's folder."""
    state, asterisk, speech = folder / settings.state, settings.asterisk, settings.speech
    secret_file, sounds = asterisk.ami.secret_file, asterisk.sounds
    ami = asterisk.ami.model_copy(update={"secret_file": secret_file and folder / secret_file})
    models = {language: folder / model for language, model in speech.models.items()}
    return settings.model_copy(
        update={
            "plan": folder / settings.plan,
            "state": state,
            "cache": folder / settings.cache if settings.cache else state / "cache",
            "prompts": tuple(folder / each for each in settings.prompts),
            "asterisk": asterisk.model_copy(update={"ami": ami, "sounds": sounds and folder / sounds}),
            "speech": speech.model_copy(update={"models": models}),
        }
    )


def _with_secret(settings: Settings) -> Settings:
    ami = settings.asterisk.ami
    if ami.secret_file is None:
        return settings
    try:
        secret = ami.secret_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"the secret file {ami.secret_file} cannot be read: {why}") from None
    asterisk = settings.asterisk.model_copy(update={"ami": ami.model_copy(update={"secret": secret})})
    return settings.model_copy(update={"asterisk": asterisk})
