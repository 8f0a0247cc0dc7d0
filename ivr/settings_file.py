"""The settings, read from a YAML file: `--settings FILE`, else ./careline.yaml, else /etc/careline/careline.yaml.

Relative paths are relative to the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from ivr.errors import UserError
from ivr.menus.mistakes import place, suggestion
from ivr.menus.reading.yaml_marks import read
from ivr.settings import Section, Settings

if TYPE_CHECKING:
    from ivr.menus.reading.yaml_marks import Node
    from ivr.settings import Feeds

SETTINGS_FILES = (Path("careline.yaml"), Path("/etc/careline/careline.yaml"))

_S = TypeVar("_S", bound=Section)


class SettingsError(UserError):
    """The settings cannot be used; the message says what is wrong, where, and what to do."""


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
    settings = parse(text, file)
    return _with_secrets(_beside(settings, file.parent), file.parent)


def parse(text: str, file: Path) -> Settings:
    """The settings as they stand in the file, without the secrets of other files. Raises as `load` does."""
    node, faults = read(text)
    if node is None or faults:
        raise SettingsError("\n".join(f"{file}:{fault.mark[0]}:{fault.mark[1]}: {fault.text}" for fault in faults))
    two_pbxes = _two_pbxes(file, node)
    try:
        settings = Settings.model_validate(node.plain())
    except ValidationError as wrong:
        raise SettingsError("\n".join([*two_pbxes, *_mistakes(file, node, wrong)])) from None
    if two_pbxes:
        raise SettingsError("\n".join(two_pbxes))
    return settings


def _two_pbxes(file: Path, node: Node) -> list[str]:
    given = node.plain()
    if not isinstance(given, dict) or not {"asterisk", "freeswitch"} <= given.keys():
        return []
    line, column = node.at(("freeswitch",), key=True)
    return [
        f"{file}:{line}:{column}: 'asterisk' is here, too: keep the section of the PBX that hands calls to Careline"
    ]


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
    return {field.alias or name for section in Section.__subclasses__() for name, field in section.model_fields.items()}


def _beside(settings: Settings, folder: Path) -> Settings:
    """Relative paths, made relative to the file's folder."""
    state, asterisk, speech = folder / settings.state, settings.asterisk, settings.speech
    sounds, freeswitch = asterisk.sounds, settings.freeswitch
    models = {language: folder / model for language, model in speech.models.items()}
    return settings.model_copy(
        update={
            "plan": folder / settings.plan,
            "state": state,
            "cache": folder / settings.cache if settings.cache else state / "cache",
            "prompts": tuple(folder / each for each in settings.prompts),
            "asterisk": asterisk.model_copy(update={"sounds": sounds and folder / sounds}),
            "freeswitch": freeswitch and freeswitch.model_copy(update={"audio": folder / freeswitch.audio}),
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
        if isinstance(value, Section):
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
