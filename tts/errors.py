"""The one exception that a user is meant to read.

Every failure that is the input's fault and not the program's is a `UserError` whose text says which utterance or file,
what was found, what was expected and what to do. The command line prints it without a traceback and exits with 1.
So does what the operating system refuses (a full disk, a file that may not be read): `refusal` makes a sentence of it.
"""

from __future__ import annotations

import errno

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UserError(Exception):
    """Something the user can mend; the message says what and how."""


def refusal(error: OSError) -> str:
    """What the operating system did not let us do, where, and what to do about it."""
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in NO_ROOM:
        return (f"{where}no room left on the disk, or no more allowed ({error.strerror}); free some and run the same command again: what is "
                "finished is kept")
    return f"{where}{error.strerror or error}; check the path and who may read and write there"
