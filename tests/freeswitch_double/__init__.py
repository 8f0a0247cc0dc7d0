"""A FreeSWITCH for tests: the event socket as recorded from FreeSWITCH 1.10.12, real SIP and RTP, the real hook.

It does what the recordings show, and where they are silent, what FreeSWITCH's source says; the contract test
tests/freeswitch/test_double.py compares the two. `python -m tests.freeswitch_double --help` runs it as a process.
"""

from tests.freeswitch_double.switch import FreeSwitchDouble

__all__ = ["FreeSwitchDouble"]
