"""The command `careline`. Each command lives in ivr.commands and is imported only when it is asked for."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "init": "init:init",
    "run": "run:run",
    "check": "plans:check",
    "try": "plans:try_",
    "schema": "plans:schema",
    "diff": "plans:diff",
    "paths": "paths:paths",
    "red-flags": "red_flags:red_flags",
    "intents": "intents:intents",
    "misrouted": "intents:misrouted",
    "calls": "calls:calls",
    "explain": "calls:explain",
    "voicemail": "voicemail:voicemail",
    "prompts": "prompts:prompts",
    "staffing": "staffing:staffing",
    "simulate": "simulate:simulate_",
    "status": "people:status",
    "ready": "people:ready",
    "not-ready": "people:not_ready",
    "wrap-up": "people:wrap_up",
    "priority": "people:priority",
    "cancel-callback": "people:cancel_callback",
    "closure": "closures:closure",
    "alerts": "alerts:alerts",
    "acknowledge": "alerts:acknowledge",
    "reload": "versions:reload",
    "revert": "versions:revert",
    "versions": "versions:versions",
    "doctor": "diagnose:doctor",
    "model": "diagnose:model",
}


class Lazy(click.Group):
    """`careline status` must answer at once: it does not load recognisers."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"ivr.commands.{module}"), name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="careline", prog_name="careline")
def main() -> None:
    """Careline answers a medical practice's telephone on the practice's own PBX."""
