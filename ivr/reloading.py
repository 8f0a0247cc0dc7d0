"""Which version of the plan is in force, and how another one comes into force while callers are served.

    reload: the files on disk ─┐
                               ├─▶ Edition, whole and ready ─▶ kept as a version ─▶ in force for whoever calls next
    revert: a version kept ────┘   (a mistake: nothing changes)

Who is on the phone goes on with the version that the call began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import structlog

from ivr.control import Answer, ControlError
from ivr.edition import CannotServe, files_of_plan
from ivr.errors import UserError
from ivr.menus.comparing.diff import differences
from ivr.store.versions import Entry, VersionsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.edition import Edition, Editions, Progress
    from ivr.services import Clock
    from ivr.store.versions import Version, Versions

Reply = dict[str, Any]
PutInForce = Callable[["Edition", "Version"], Awaitable[None]]

log = structlog.get_logger()


class Reloading:
    """`file` is the settings' plan. `begin` first; `put_in_force` is to be set before anything else is asked."""

    edition: Edition
    version: Version
    put_in_force: PutInForce

    def __init__(self, file: Path, editions: Editions, versions: Versions, clock: Clock) -> None:
        self._file = file
        self._editions = editions
        self._versions = versions
        self._clock = clock
        self._turn = asyncio.Lock()
        self._asked = asyncio.Event()

    # ---- the start ------------------------------------------------------------------------------------------------

    async def begin(self, who: str, progress: Progress) -> Edition:
        """What callers are served by from the start on: the files on disk, as a rule.

        Not them, but the last version in force, when somebody went back to an older one and has not touched the files
        since, or when they cannot be used: a start at night must not bring back what was taken away, and must not leave
        callers alone because of an edit that nobody has loaded yet. Raises what Editions.build does, VersionsError.
        """
        last = self._versions.last()
        if last and last.reverts_to is not None and files_of_plan(self._file).name == last.on_disk:
            log.warning("the plan was reverted: its files on disk wait for `careline reload`", version=last.number)
            self.edition, self.version = await self._kept(last, progress, hearing=False), last
            return self.edition
        try:
            self.edition = await self._editions.build(self._file, progress, hearing=False)
        except UserError as refused:
            self.edition, self.version = await self._in_spite_of(refused, last, progress)
        else:
            self.version = self._new(self.edition, last, Entry(who, "at the start", self._clock.now()))
        return self.edition

    async def _in_spite_of(
        self, refused: UserError, last: Version | None, progress: Progress
    ) -> tuple[Edition, Version]:
        """The last version instead of files that cannot be used. Raises `refused` where there is none."""
        if last is None:
            raise refused
        try:
            edition = await self._kept(last, progress, hearing=False)
        except UserError:
            raise refused from None
        log.error("the plan on disk cannot be used: callers are served by the last version", version=last.number)
        return edition, last

    # ---- another version --------------------------------------------------------------------------------------

    async def reload(self, who: str, note: str = "") -> Reply:
        """The files on disk from now on. Whatever is wrong with them: nothing changes. Raises UserError."""
        async with self._turn:
            edition = await self._ready(self._editions.build(self._file, _quietly))
            entry = Entry(who, note, self._clock.now())
            return await self._change(edition, lambda: self._new(edition, self.version, entry))

    async def revert(self, number: int | None, who: str, note: str = "") -> Reply:
        """A version that was kept, from now on; None is the one before. The files on disk stay as they are.

        Raises UserError, and then nothing has changed.
        """
        async with self._turn:
            older = self._versions.before(self.version) if number is None else self._versions.get(number)
            if older.files == self.version.files:
                raise VersionsError(f"version {self.version.number} is in force, which is the same as {older.number}")
            edition = await self._ready(self._kept(older, _quietly))
            entry = Entry(who, note, self._clock.now())
            on_disk = await asyncio.to_thread(files_of_plan, self._file)
            return await self._change(edition, lambda: self._versions.revert(older, on_disk.name, entry))

    def ask(self) -> None:
        """Reload soon; for SIGHUP, whose sender hears nothing: the log tells."""
        self._asked.set()

    async def run(self) -> None:
        """Do as was asked, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self.reload("SIGHUP")
            except UserError:  # its words may hold a caller's number that stands in the plan
                log.error("nothing was reloaded: `careline check` tells what is wrong", plan=str(self._file))  # noqa: TRY400
            except Exception:
                log.exception("nothing was reloaded")

    def _new(self, edition: Edition, last: Version | None, entry: Entry) -> Version:
        """The files that are in force already are no new version."""
        known = last is not None and last.files == edition.files.name
        return last if known and last else self._versions.keep(edition.files, entry)

    async def _kept(self, version: Version, progress: Progress, *, hearing: bool = True) -> Edition:
        plan = self._versions.plan_of(version)
        edition = await self._editions.build(plan, progress, hearing=hearing)
        if edition.files.name != version.files:
            await self._editions.let_go(edition)
            raise VersionsError(
                f"version {version.number} is not what it was: {plan} or a file beside it was changed, "
                "or the plan names a file by its full path"
            )
        return edition

    async def _ready(self, building: Awaitable[Edition]) -> Edition:
        """An edition that hears as well as the one in force: one that is deaf in a language by mistake is refused."""
        edition = await building
        before = self.edition.ears
        for language in edition.plan.practice.languages:
            if before.can_hear(language) and not edition.ears.can_hear(language):
                await self._editions.let_go(edition)
                raise CannotServe(f"speech in '{language}' would not be heard any more; the log says why")
        return edition

    async def _change(self, edition: Edition, kept: Callable[[], Version]) -> Reply:
        try:
            version = await asyncio.to_thread(kept)
        except UserError:
            await self._editions.let_go(edition)
            raise
        same = version.number == self.version.number
        changed = await asyncio.to_thread(_changed, self.edition, edition)
        await self.put_in_force(edition, version)
        self.edition, self.version = edition, version
        log.info("a version of the plan is in force", version=version.number, who=version.who)
        warnings = [str(each) for each in edition.warnings]
        return {"version": asdict(version), "same": same, "changed": changed, "warnings": warnings}

    # ---- the control door -----------------------------------------------------------------------------------------

    async def answer(self, request: Mapping[str, Any], others: Answer) -> Mapping[str, Any]:
        """Carry out a request that is about versions; `others` carries out all else. Raises ControlError."""
        match request:
            case {"do": "reload", "who": str(who), "note": str(note)}:
                return await _in_words(self.reload(who, note))
            case {"do": "revert", "version": int() | None as number, "who": str(who), "note": str(note)}:
                return await _in_words(self.revert(number, who, note))
            case {"do": "status"}:
                return {**await others(request), "plan": await self.status()}
            case _:
                return await others(request)

    async def status(self) -> Reply:
        """The version in force, and whether the files on disk hold the same."""
        on_disk = await asyncio.to_thread(files_of_plan, self._file)
        return {**asdict(self.version), "differs": on_disk.name != self.version.files}


def _quietly(done: int, total: int) -> None:
    """Nobody watches the prompts of a reload."""


def _changed(old: Edition, new: Edition) -> list[str]:
    """What is different, in sentences: of the plan, then of the files that belong to it."""
    before, now = old.files.contents, new.files.contents
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    others = [f"{name} has changed" for name in names if not name.endswith(new.files.plan)]
    zone = old.plan.practice.timezone != new.plan.practice.timezone
    later = ["days and times of the record follow the new time zone from the next restart on"] if zone else []
    return [*(str(each) for each in differences(old.plan, new.plan)), *others, *later]


async def _in_words(work: Awaitable[Reply]) -> Reply:
    try:
        return await work
    except UserError as wrong:
        raise ControlError(str(wrong)) from None
