"""Whether a connection failed over the server's certificate: the reason that an administrator could not guess."""

from __future__ import annotations

import ssl

UNTRUSTED = "the server's certificate is not trusted by this host"


def is_untrusted(error: BaseException) -> bool:
    """Whether a certificate that was not trusted is the cause, however libraries wrapped it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
