"""What went wrong through no fault of ours and can be put right by whoever reads it."""


class UserError(Exception):
    """The message is one sentence (or one a line): what is wrong, where, and what to do. The command line prints it."""
