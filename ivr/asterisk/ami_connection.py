"""The AMI connection: how to log in to Asterisk, and what can be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.asterisk.ami_link import AmiLink, OnEvent
from ivr.callers.control_connection import USUAL_PATIENCE, ControlConnection, LoginRefused, Patience

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from ivr.asterisk import ami
    from ivr.asterisk.settings import AsteriskSettings

EVENT_CLASSES = "call,dtmf"  # channels, bridges and device states; the keys of who waits


class AmiConnection(ControlConnection[AmiLink]):
    """`on_event` is called for each event and must not block; `on_up` is awaited after each login."""

    pbx = "Asterisk"
    protocol = "AMI"
    log_field = "ami"

    def __init__(
        self,
        settings: AsteriskSettings,
        on_event: OnEvent,
        on_up: Callable[[], Awaitable[None]],
        patience: Patience = USUAL_PATIENCE,
    ) -> None:
        super().__init__(settings.ami, on_up, patience)
        self._settings = settings
        self._on_event = on_event

    def begin(self, name: str, *fields: tuple[str, str], action_id: str = "") -> asyncio.Future[ami.Message]:
        """Send an action now, in order with others. The future may raise SwitchDown.

        Raises SwitchDown when there is no connection, ValueError for a field with a control character.
        """
        return self._up().begin(name, *fields, action_id=action_id)

    async def action(self, name: str, *fields: tuple[str, str], action_id: str = "") -> ami.Message:
        """Send an action and return Asterisk's answer, which may be an error. Raises SwitchDown, ValueError."""
        return await self._answered(self.begin(name, *fields, action_id=action_id))

    async def listing(self, name: str, *fields: tuple[str, str]) -> list[ami.Message]:
        """Return the events of a listing action. Raises SwitchDown, ValueError, ActionRefused."""
        return await self._answered(self._up().begin_list(name, *fields), f"answer {name}")

    async def _open(self) -> AmiLink:
        return await AmiLink.open(self._address, self._on_event)

    async def _log_in(self, link: AmiLink) -> None:
        user = self._settings.user
        fields = (("Username", user), ("Secret", self._settings.secret), ("Events", EVENT_CLASSES))
        answer = await self._answered(link.begin("Login", *fields))
        if answer["Response"] != "Success":
            raise LoginRefused(
                f"Asterisk at {self._address} does not accept the user {user!r} with our secret: make the secret "
                "in manager.conf and in our settings the same, then: asterisk -rx 'manager reload'."
            )

    def _ping(self, link: AmiLink) -> Awaitable[object]:
        return link.begin("Ping")
