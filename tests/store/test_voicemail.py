import resource
import wave
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from ivr.conversation.messages import Left
from ivr.record import CallFacts, SentToVoicemail
from ivr.store import schema
from ivr.store.database import Database
from ivr.store.records import RecordWriter
from ivr.store.vault import SealBroken, Vault
from ivr.store.voicemail import Message, NoSuchMessage, StoredMessages

SOUND = bytes(range(256)) * 250  # four seconds
CALL = CallFacts("1.7", 100.0, phi_caller_number="+16175550199")


@pytest.fixture
async def messages(database: Database, vault: Vault) -> StoredMessages:
    record = RecordWriter(database, vault, UTC)
    record.began(CALL)
    record.note(CALL.id, 101.0, SentToVoicemail("scheduling"))
    await record.flush()
    return StoredMessages(database, vault)


async def test_a_message_is_kept_and_listed_with_its_call(messages: StoredMessages) -> None:
    (kept,) = await keep_one(messages)
    assert kept == Message(kept.id, "1.7", "C-19700101-0001", "+16175550199", "scheduling", 105.0, 4.0)


async def test_messages_are_listed_oldest_first_by_box_and_by_time(messages: StoredMessages) -> None:
    for box, at in (("billing", 3.0), ("scheduling", 1.0), ("billing", 2.0)):
        await messages.keep(Left("1.7", box, at, 4.0), recorded(messages))
    assert [message.at for message in await messages.messages()] == [1.0, 2.0, 3.0]
    assert [message.at for message in await messages.messages(box="billing")] == [2.0, 3.0]
    assert [message.at for message in await messages.messages(since=2.5)] == [3.0]


async def test_no_plain_sound_is_left_on_the_disk(messages: StoredMessages, database: Database) -> None:
    await keep_one(messages)
    files = [path for path in database.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if SOUND[:200] in path.read_bytes()] == []


async def test_an_exported_message_is_the_wav_that_was_recorded(
    messages: StoredMessages, database: Database, tmp_path: Path
) -> None:
    (kept,) = await keep_one(messages)
    await messages.export(kept.id, tmp_path / "message.wav", who="ana", at=200.0)
    with wave.open(str(tmp_path / "message.wav")) as file:
        assert (file.getframerate(), file.readframes(100_000)) == (8000, SOUND)
    assert await audit_of(database, kept.id) == [(200.0, "ana", "exported voicemail")]


async def test_who_heard_a_message_is_known(messages: StoredMessages, database: Database) -> None:
    (kept,) = await keep_one(messages)
    await messages.mark_heard(kept.id, who="ana", at=200.0)
    (heard,) = await messages.messages()
    assert (heard.heard_by, heard.heard_at) == ("ana", 200.0)
    assert await audit_of(database, kept.id) == [(200.0, "ana", "heard voicemail")]


async def test_a_deleted_message_is_gone_but_not_that_somebody_deleted_it(
    messages: StoredMessages, database: Database
) -> None:
    (kept,) = await keep_one(messages)
    await messages.delete(kept.id, who="bo", at=300.0)
    assert await messages.messages() == []
    assert [path.name for path in (database.folder / "voicemail").iterdir()] == ["drafts"]
    assert await audit_of(database, kept.id) == [(300.0, "bo", "deleted voicemail")]


async def test_a_recording_without_sound_is_dropped(messages: StoredMessages) -> None:
    draft = recorded(messages)
    await messages.keep(Left("1.7", "scheduling", 1.0, 0.0), draft)
    assert (draft.exists(), await messages.messages()) == (False, [])


async def test_a_message_that_does_not_fit_on_the_disk_is_kept_at_the_next_start(messages: StoredMessages) -> None:
    draft = recorded(messages)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with capture_logs() as logs:
            await messages.keep(Left("1.7", "scheduling", 1.0, 4.0), draft)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ([line["log_level"] for line in logs], draft.exists(), await messages.messages()) == (["error"], True, [])
    assert await messages.rescue() == 1
    assert [message.box for message in await messages.messages()] == ["scheduling"]


async def test_a_recording_that_was_never_begun_is_no_message(messages: StoredMessages) -> None:
    await messages.keep(Left("1.7", "scheduling", 1.0, 3.0), messages.draft("1.7"))
    assert await messages.messages() == []


async def test_what_was_being_recorded_when_we_were_killed_is_kept_in_the_box_of_its_call(
    messages: StoredMessages, tmp_path: Path
) -> None:
    for call in ("1.7", "unknown/call"):
        draft = recorded(messages, call)
        draft.write_bytes(draft.read_bytes()[:40] + bytes(4) + SOUND + b"x")  # the header's length was never written
    assert await messages.rescue() == 2
    kept = {message.call: message for message in await messages.messages()}
    assert {call: (message.box, message.seconds) for call, message in kept.items()} == {
        "1.7": ("scheduling", 4.0),
        "unknown/call": ("front_desk", 4.0),
    }
    await messages.export(kept["1.7"].id, tmp_path / "message.wav", who="ana", at=1.0)
    with wave.open(str(tmp_path / "message.wav")) as file:
        assert file.readframes(100_000) == SOUND
    assert await messages.rescue() == 0


async def test_a_message_of_another_name_and_one_whose_file_is_gone_are_told(
    messages: StoredMessages, database: Database, tmp_path: Path
) -> None:
    for act in (messages.mark_heard, messages.delete):
        with pytest.raises(NoSuchMessage, match=r"^no message is named 'V-0': `careline voicemail` lists them$"):
            await act("V-0", who="ana", at=1.0)
    (kept,) = await keep_one(messages)
    (database.folder / "voicemail" / kept.id).unlink()
    with pytest.raises(NoSuchMessage, match="is gone: put back its file from your copies"):
        await messages.export(kept.id, tmp_path / "message.wav", who="ana", at=1.0)


async def test_one_messages_sound_does_not_open_as_anothers(
    messages: StoredMessages, database: Database, tmp_path: Path
) -> None:
    await keep_one(messages)
    one, other = await keep_one(messages)
    folder = database.folder / "voicemail"
    (folder / one.id).write_bytes((folder / other.id).read_bytes())
    with pytest.raises(SealBroken):
        await messages.export(one.id, tmp_path / "message.wav", who="ana", at=1.0)


async def keep_one(messages: StoredMessages) -> list[Message]:
    await messages.keep(Left("1.7", "scheduling", 105.0, 4.0), recorded(messages))
    return await messages.messages()


def recorded(messages: StoredMessages, call: str = "1.7") -> Path:
    draft = messages.draft(call)
    with wave.open(str(draft), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(SOUND)
    return draft


async def audit_of(database: Database, message: str) -> list[tuple[float, str, str]]:
    async with database.reading() as connection:
        rows = (await connection.execute(select(schema.audit))).all()
    assert {row.subject for row in rows} == {message}
    return [(row.at, row.who, row.what) for row in rows]
