from __future__ import annotations

import hashlib
import io
import json
import shutil
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.speech.hearing import models
from ivr.speech.hearing.models import ModelError, find_model, get, recognizer_of, user_folder
from ivr.speech.hearing.vocabulary import unknown_words
from tests.speech.heard import TINY_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "vosk-model-small-en-us-0.15"
WHOLE = ("am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def install(folder: Path) -> Path:
    return Path(shutil.copytree(TINY_MODEL, folder))


def test_a_setting_goes_before_the_environment_and_that_before_the_usual_folders(tmp_path: Path) -> None:
    usual = install(user_folder() / NAME)
    named, chosen = install(tmp_path / "named"), install(tmp_path / "chosen")
    environ = {"CARELINE_VOSK_EN": str(named)}
    assert find_model("en", {"en": chosen}, environ) == chosen
    assert find_model("en", {}, environ) == named
    assert find_model("en", {}, {}) == usual
    assert find_model("es", {}, environ) is None


def test_the_newest_whole_model_is_taken(home: Path) -> None:
    install(user_folder() / "vosk-model-small-en-us-0.9")
    newest = install(user_folder() / "vosk-model-small-en-us-0.15")
    (user_folder() / "vosk-model-small-en-us-0.22").mkdir()
    install(home / ".cache" / "vosk" / "vosk-model-small-en-us-0.30")
    assert find_model("en", {}, {}) == newest


def test_a_named_folder_that_is_no_model_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"^\S+/gone is not a whole speech model for 'en'; run `careline model get en`"
    ):
        find_model("en", {"en": tmp_path / "gone"}, {})


def test_english_has_a_recogniser_without_any_model_and_spanish_has_none() -> None:
    embedded = recognizer_of("en", {}, {})
    assert embedded
    assert embedded.engine == "pocketsphinx"
    assert recognizer_of("es", {}, {}) is None


def test_a_pocketsphinx_model_serves_where_the_setting_names_one(tmp_path: Path) -> None:
    (tmp_path / "acoustic_model").mkdir()
    (tmp_path / "acoustic_model" / "mdef").touch()
    (tmp_path / "words.dict.gz").touch()
    found = recognizer_of("es", {"es": tmp_path}, {})
    assert found == models.Recognizer("pocketsphinx", tmp_path / "acoustic_model", tmp_path / "words.dict.gz")


def test_unknown_words_are_named() -> None:
    phrases = ("See Doctor Xqzwy", "orthopedics, billing")
    assert unknown_words("en", phrases, {}, {}) == {"xqzwy"}
    assert unknown_words("en", ("billing", "orthopedics"), {"en": TINY_MODEL}, {}) == {"orthopedics"}
    assert unknown_words("es", ("qwertz",), {}, {}) == set()


# ---- getting one ---------------------------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder that `url_of` serves."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    (folder / "url").write_text(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def archive(*files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for file in files:
            out.writestr(file, b"x" * 10_000)
    return packed.getvalue()


def offer(site: Path, content: bytes, **changed: str) -> str:
    """Put a model on the site; returns the list's address."""
    url = (site / "url").read_text()
    (site / "model.zip").write_bytes(content)
    listed = {
        "lang": "en-us",
        "type": "small",
        "obsolete": "false",
        "name": NAME,
        "size": len(content),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "url": f"{url}/model.zip",
    }
    (site / "list.json").write_text(json.dumps([{**listed, "obsolete": "true"}, {**listed, **changed}]))
    return f"{url}/list.json"


def test_a_model_is_downloaded_unpacked_and_found(site: Path) -> None:
    shares: list[float] = []
    url = offer(site, archive(*(f"{NAME}/{file}" for file in WHOLE)))
    assert get("en", user_folder(), shares.append, url) == user_folder() / NAME
    assert find_model("en", {}, {}) == user_folder() / NAME
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [file.name for file in user_folder().iterdir()] == [NAME]


def test_a_model_that_is_there_is_not_downloaded_again(site: Path) -> None:
    install(user_folder() / NAME)
    url = offer(site, b"no archive")
    assert get("en", user_folder(), lambda _: None, url) == user_folder() / NAME


@pytest.mark.parametrize(
    ("content", "changed", "reason"),
    [
        pytest.param(archive("../../evil", f"{NAME}/a"), {}, "reaches outside", id="path traversal"),
        pytest.param(archive("/etc/evil"), {}, "reaches outside", id="absolute path"),
        pytest.param(archive(f"{NAME}/am/final.mdl"), {}, "no whole model", id="half a model"),
        pytest.param(archive("a"), {"md5": "0"}, "damaged", id="damaged"),
        pytest.param(b"<html>", {}, "not a zip file", id="no archive"),
        pytest.param(archive("a"), {"lang": "fr"}, "lists none", id="not in the list"),
    ],
)
def test_a_bad_download_leaves_nothing_behind(
    site: Path, tmp_path: Path, content: bytes, changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        get("en", user_folder(), lambda _: None, offer(site, content, **changed))
    assert not user_folder().exists() or not list(user_folder().iterdir())
    assert not list(tmp_path.rglob("evil"))


def test_an_unreachable_site_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"could not be got from http://127.0.0.1:9/.*; download it elsewhere and unpack"
    ):
        get("en", tmp_path, lambda _: None, "http://127.0.0.1:9/list.json")
