"""The one exception that a user is meant to read.

Every failure that is the input's fault and not the program's is a `UserError` whose text says which utterance or file,
what was found, what was expected and what to do. The command line prints it without a traceback and exits with 1.
"""


class UserError(Exception):
    """Something the user can mend; the message says what and how."""
