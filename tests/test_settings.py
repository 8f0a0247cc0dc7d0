"""The settings of a host: what is given, what is assumed, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.settings import Mail, Notify, Sms, Webhook
from ivr.settings_file import SettingsError, find, load


def written(folder: Path, text: str) -> Path:
    file = folder / "careline.yaml"
    file.write_text(text, "utf-8")
    return file


def refused(file: Path) -> list[str]:
    """The mistakes in the file, without its name."""
    with pytest.raises(SettingsError) as error:
        load(file)
    return [line.removeprefix(f"{file}:") for line in str(error.value).splitlines()]


def test_a_plan_is_all_that_must_be_given(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "plan: riverside.yaml\n"))
    assert settings.plan == tmp_path / "riverside.yaml"
    assert settings.state == Path("/var/lib/careline")
    assert settings.cache == Path("/var/lib/careline/cache")
    assert (settings.asterisk.ami.port, settings.asterisk.agi.port, settings.asterisk.audiosocket.port) == (
        5038,
        4573,
        9092,
    )
    assert (settings.asterisk.agi.host, settings.speech.workers, settings.log_json) == ("127.0.0.1", 1, False)


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    text = """\
plan: plans/riverside.yaml
state: state
prompts: [ours, /srv/prompts]
asterisk: {sounds: sounds, ami: {secret_file: secret}}
speech: {models: {en: models/en, es: /srv/es}}
"""
    settings = load(written(tmp_path, text))
    assert settings.plan == tmp_path / "plans/riverside.yaml"
    assert (settings.state, settings.cache) == (tmp_path / "state", tmp_path / "state/cache")
    assert settings.prompts == (tmp_path / "ours", Path("/srv/prompts"))
    assert settings.asterisk.sounds == tmp_path / "sounds"
    assert settings.asterisk.ami.secret == "hush"
    assert settings.speech.models == {"en": tmp_path / "models/en", "es": Path("/srv/es")}


def test_a_pbx_without_recorded_sounds(tmp_path: Path) -> None:
    assert load(written(tmp_path, "plan: p.yaml\nasterisk: {sounds: null}\n")).asterisk.sounds is None


def test_every_mistake_is_told_at_its_place(tmp_path: Path) -> None:
    text = """\
stat: /var/lib/careline
asterisk:
  ami: {port: many, usr: careline}
  agi: {port: 70000}
speech: {workers: -1}
"""
    assert sorted(refused(written(tmp_path, text))) == [
        "1:1: 'plan' is missing in the settings",
        "1:1: 'stat' is not a key of the settings; did you mean 'state'?",
        "3:15: 'port' of 'ami' of 'asterisk': Input should be a valid integer, unable to parse string as an integer",
        "3:21: 'usr' is not a key of 'ami' of 'asterisk'; did you mean 'user'?",
        "4:15: 'port' of 'agi' of 'asterisk': Input should be less than or equal to 65535",
        "5:19: 'workers' of 'speech': Input should be greater than or equal to 0",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("plan: [riverside.yaml\n", "2:1: this is not YAML"),
        ("plan: a.yaml\nplan: b.yaml\n", "2:1: 'plan' is here twice, first in line 1"),
        ("- plan\n", "1:1: the settings must be keys and values"),
        ("", "1:1: the settings must be keys and values"),
        ("plan: 7", "1:7: 'plan' must be a path"),
        ("plan: p.yaml\nasterisk: 3\n", "2:11: 'asterisk' must be keys and values"),
        ("plan: p.yaml\nspeech: {models: [a]}\n", "2:10: 'models' of 'speech' must be keys and values"),
    ],
)
def test_what_is_no_mapping_is_refused_in_words(tmp_path: Path, text: str, mistake: str) -> None:
    [told] = refused(written(tmp_path, text))
    assert told.startswith(mistake)


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    missing, latin = tmp_path / "missing.yaml", tmp_path / "latin.yaml"
    latin.write_bytes("plan: señal.yaml\n".encode("latin-1"))
    assert refused(missing) == [
        f"the settings {missing} cannot be read: No such file or directory; name a file with --settings"
    ]
    assert refused(latin) == [f"the settings {latin} are not UTF-8: save the file as UTF-8"]


@pytest.mark.parametrize(("content", "why"), [(None, "No such file or directory"), (b"\xff", "it is not UTF-8")])
def test_a_secret_that_cannot_be_read_is_told_by_its_file_alone(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    if content:
        (tmp_path / "secret").write_bytes(content)
    file = written(tmp_path, "plan: p.yaml\nasterisk: {ami: {secret_file: secret}}\n")
    assert refused(file) == [f"the secret file {tmp_path / 'secret'} cannot be read: {why}"]


def test_the_file_beside_one_goes_before_the_host_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"no settings: neither careline\.yaml nor /etc/careline/careline\.yaml"):
        find()
    written(tmp_path, "plan: p.yaml\n")
    assert find() == Path("careline.yaml")


# ---- alerts ---------------------------------------------------------------------------------------------------------

NOTIFY = """\
plan: p.yaml
notify:
  mail: {host: mail.riverside.example, user: careline, password_file: mail-password, from: alerts@riverside.example}
  webhook: {secret: hush}
  sms:
    url: "https://sms.example/v1/messages"
    headers: {Authorization: "Bearer {secret}"}
    body: '{"to": ["{to}"], "text": "{text}"}'
    secret_file: sms-secret
"""


def test_how_alerts_leave_the_host(tmp_path: Path) -> None:
    (tmp_path / "mail-password").write_text("pass word\n")
    (tmp_path / "sms-secret").write_text("token\n")
    notify = load(written(tmp_path, NOTIFY)).notify
    assert notify.mail
    assert notify.sms
    assert (notify.mail.port, notify.mail.tls, notify.mail.sender) == (587, "starttls", "alerts@riverside.example")
    assert (notify.mail.password, notify.webhook.secret, notify.sms.secret) == ("pass word", "hush", "token")
    assert (notify.sms.method, notify.sms.body) == ("POST", '{"to": ["{to}"], "text": "{text}"}')


def test_no_alert_leaves_a_host_whose_settings_do_not_say_how(tmp_path: Path) -> None:
    notify = load(written(tmp_path, "plan: p.yaml\n")).notify
    assert (notify.mail, notify.sms, notify.webhook.secret) == (None, None, "")


def test_no_secret_shows(tmp_path: Path) -> None:
    (tmp_path / "mail-password").write_text("T0P")
    (tmp_path / "sms-secret").write_text("T0P")
    text = NOTIFY.replace("hush", "T0P").replace("Bearer {secret}", "T0P") + "asterisk: {ami: {secret: T0P}}\n"
    assert "T0P" not in repr(load(written(tmp_path, text)))


@pytest.mark.parametrize(
    ("notify", "mistake"),
    [
        (
            "mail: {host: mail.example, user: us, tls: none, from: a@b.example}",
            (
                "2:10: 'mail' of 'notify' logs in without TLS, where anybody may read the password: "
                "set tls to starttls or tls"
            ),
        ),
        (
            "mail: {host: localhost, from: alerts}",
            "2:10: 'mail' of 'notify' needs the sender's address in 'from', like alerts@example.org",
        ),
        ("mail: {host: localhost}", "2:10: 'from' is missing in 'mail' of 'notify'"),
        (
            "mail: {host: localhost, form: a@b.example, from: a@b.example}",
            "2:34: 'form' is not a key of 'mail' of 'notify'; did you mean 'from'?",
        ),
        (
            "mail: {host: localhost, from: a@b.example, tls: ssl}",
            "2:58: 'tls' of 'mail' of 'notify': Input should be 'starttls', 'tls' or 'none'",
        ),
        (
            "sms: {url: sms.example}",
            "2:10: 'sms' of 'notify' needs a 'url' that begins with https:// or http://",
        ),
        (
            "sms: {url: 'https://sms.example/?to={to}', method: GET}",
            "2:10: 'sms' of 'notify' never says {to} or {text}: write both into 'body', or into 'url' for a GET",
        ),
    ],
)
def test_mistakes_in_how_alerts_leave_are_told_at_their_place(tmp_path: Path, notify: str, mistake: str) -> None:
    assert refused(written(tmp_path, f"plan: p.yaml\nnotify: {{{notify}}}\n")) == [mistake]


def test_a_mail_server_on_this_host_may_take_a_login_in_the_clear(tmp_path: Path) -> None:
    text = "plan: p.yaml\nnotify: {mail: {host: localhost, port: 25, user: us, tls: none, from: a@b.example}}\n"
    assert load(written(tmp_path, text)).notify.mail


def test_the_example_in_the_documentation_is_right_and_has_every_key(tmp_path: Path) -> None:
    documentation = (Path(__file__).parents[1] / "docs/operations.md").read_text("utf-8")
    example = documentation[documentation.index("notify:\n") :].partition("```")[0]
    for file in ("mail-password", "webhook-secret", "sms-secret"):
        (tmp_path / file).write_text("hush")
    assert load(written(tmp_path, f"plan: p.yaml\n{example}")).notify.sms
    keys = {each.alias or name for part in (Notify, Mail, Webhook, Sms) for name, each in part.model_fields.items()}
    assert {key for key in keys if f"{key}:" not in example} == set()


def test_the_queue_log_is_in_the_state_folder_and_no_port_is_open(tmp_path: Path) -> None:
    feeds = load(written(tmp_path, "plan: p.yaml\nstate: state\n")).feeds
    assert (feeds.queue_log, feeds.ami, feeds.metrics) == (tmp_path / "state/queue_log", None, None)


def test_feeds_elsewhere_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    text = """\
plan: p.yaml
feeds:
  queue_log: logs/queue_log
  ami: {port: 5039, user: board, secret_file: secret}
  metrics: {port: 9101}
"""
    feeds = load(written(tmp_path, text)).feeds
    assert feeds.queue_log == tmp_path / "logs/queue_log"
    assert feeds.ami
    assert (feeds.ami.host, feeds.ami.port, feeds.ami.user, feeds.ami.secret) == ("127.0.0.1", 5039, "board", "hush")
    assert feeds.metrics
    assert (feeds.metrics.host, feeds.metrics.port) == ("127.0.0.1", 9101)
    assert load(written(tmp_path, "plan: p.yaml\nfeeds: {queue_log: null}\n")).feeds.queue_log is None


def test_wallboards_that_anybody_could_read_are_refused(tmp_path: Path) -> None:
    without_secret = written(tmp_path, "plan: p.yaml\nfeeds:\n  ami: {port: 5039, user: board}\n")
    assert refused(without_secret) == [
        "3:3: 'ami' of 'feeds' has a user without a secret: add 'secret' or 'secret_file'"
    ]
    open_to_all = written(tmp_path, "plan: p.yaml\nfeeds:\n  ami: {host: 0.0.0.0, port: 5039}\n")
    assert refused(open_to_all) == [
        "3:3: 'ami' of 'feeds' can be read from other hosts by anybody: add 'user' and 'secret'"
    ]


# ---- which PBX ------------------------------------------------------------------------------------------------------


def test_the_pbx_is_asterisk_unless_freeswitch_is_given(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "plan: p.yaml\n"))
    assert (settings.pbx, settings.freeswitch, settings.sounds) == (
        "asterisk",
        None,
        Path("/usr/share/asterisk/sounds"),
    )


def test_a_password_is_all_that_freeswitch_needs(tmp_path: Path) -> None:
    settings = load(written(tmp_path, "plan: p.yaml\nfreeswitch: {esl: {password: hush}}\n"))
    freeswitch = settings.freeswitch
    assert freeswitch
    assert (settings.pbx, settings.sounds) == ("freeswitch", None)
    assert (freeswitch.esl.host, freeswitch.esl.port, freeswitch.esl.password) == ("127.0.0.1", 8021, "hush")
    assert (freeswitch.outbound.host, freeswitch.outbound.port) == ("127.0.0.1", 8084)
    assert (freeswitch.audio, freeswitch.phones) == (Path("/dev/shm/careline"), {})
    assert "hush" not in repr(settings)


def test_all_that_can_be_said_about_freeswitch(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hush\n")
    text = """\
plan: p.yaml
freeswitch:
  esl: {host: 10.0.0.2, port: 8022, password_file: password}
  outbound: {host: 10.0.0.3, port: 8085}
  audio: memory
  phones: {PJSIP/ana: "sofia/internal/ana@10.0.0.9"}
"""
    freeswitch = load(written(tmp_path, text)).freeswitch
    assert freeswitch
    assert (freeswitch.esl.host, freeswitch.esl.port, freeswitch.esl.password) == ("10.0.0.2", 8022, "hush")
    assert (freeswitch.outbound.host, freeswitch.outbound.port) == ("10.0.0.3", 8085)
    assert freeswitch.audio == tmp_path / "memory"
    assert freeswitch.phones == {"PJSIP/ana": "sofia/internal/ana@10.0.0.9"}


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("freeswitch:\n", ["2:12: 'freeswitch' must be keys and values"]),
        (
            "freeswitch: {esl: {password: hush}, audio: /dev/shm/care line}\n",
            [
                (
                    "2:44: 'audio' of 'freeswitch' must have letters, digits, '/', '_', '-', '.' and '+' only, "
                    "which FreeSWITCH can name"
                )
            ],
        ),
        ("freeswitch: {}\n", ["2:1: 'esl' is missing in 'freeswitch'"]),
        (
            "freeswitch: {esl: {port: 8021}}\n",
            ["2:14: 'esl' of 'freeswitch' needs 'password' or 'password_file': the one in event_socket.conf.xml"],
        ),
        (
            "asterisk: {}\nfreeswitch: {esl: {password: hush}}\n",
            ["3:1: 'asterisk' is here, too: keep the section of the PBX that hands calls to Careline"],
        ),
        (
            "asterisk: {}\nfreeswitch: {esl: {password: hush}, audios: x}\n",
            [
                "3:1: 'asterisk' is here, too: keep the section of the PBX that hands calls to Careline",
                "3:37: 'audios' is not a key of 'freeswitch'; did you mean 'audio'?",
            ],
        ),
    ],
)
def test_what_cannot_be_said_about_the_pbx(tmp_path: Path, text: str, mistakes: list[str]) -> None:
    assert refused(written(tmp_path, f"plan: p.yaml\n{text}")) == mistakes
