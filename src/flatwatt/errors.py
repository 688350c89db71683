"""What can go wrong, sorted by what the catcher does about it."""


class FlatwattError(Exception):
    """Root of all errors of this house.

    The text names the thing, the fact and the remedy, for a flatmate to read.
    """


class ConfigError(FlatwattError):
    """The configuration cannot be used; a person must edit it."""


class StoreError(FlatwattError):
    """A file of the household cannot be read or written."""


class HomeBusyError(StoreError):
    """Another flatwatt already writes in this home."""


class UsageError(FlatwattError):
    """The question asked cannot be answered: unknown appliance, empty range, bad date."""


class FleetError(FlatwattError):
    """A fleet's files, its engine or a library for them cannot be used."""


class PlugError(FlatwattError):
    """A plug could not be read this time."""


class PlugUnreachable(PlugError):
    """Nothing answered: ask again later."""


class PlugNonsense(PlugError):
    """Something answered, but not what this family of plugs says: show a person."""


class PlugRefused(PlugError):
    """The plug wants another user or password: show a person."""


class SinkError(FlatwattError):
    """A sink could not tell or show this time."""


class DisplayError(SinkError):
    """The display on the desk cannot be used: show a person, try again."""
