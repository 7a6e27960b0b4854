"""Every error that topline raises on purpose.

ToplineError
├── InputError           an input cannot be read: no such file, a folder without files
│   ├── FilingError      the bytes are no filing we can read: empty, binary, PDF, cut, a block page
│   └── FetchError       a server cannot be reached, refuses, or answers something else than was asked for
├── ExtraError           an optional part is not installed
├── PipelineError       a spaCy component lacks what another one writes
├── OffsetError          a mention's offsets do not hold what the mention quotes
├── GoldError            annotations do not hold: file, line and id are named
├── ConfigError          a config or a term table is malformed
├── ModelError           a model folder is refused: broken, hostile, or of another version
├── BatchError           a run over many files cannot start or go on: folder in use or full, other inputs than before
├── ReviewError          a review cannot start or go on, or a change that a reviewer makes does not hold
└── FloorError           a measured figure fell below its pinned floor

The command line prints the message of any of these as its one sentence and exits with 1.
"""


class ToplineError(Exception):
    """Base of all errors that carry a sentence for the user."""


class InputError(ToplineError):
    """Say which input cannot be read, why, and what to do."""


class FilingError(InputError):
    """Say why a file's bytes are no readable filing; `reason` is the status' short name for it."""

    def __init__(self, message: str, reason: str):
        super().__init__(message)
        self.reason = reason


class FetchError(InputError):
    """Say which address gave nothing, and why; `reason` is the short name for it."""

    def __init__(self, message: str, reason: str):
        super().__init__(message)
        self.reason = reason


class ExtraError(ToplineError):
    """Say what is not installed and how to install it."""


class PipelineError(ToplineError):
    """Say which component is missing before which."""


class OffsetError(ToplineError):
    """Say which mention does not stand where its offsets point."""


class GoldError(ToplineError):
    """Say which annotation does not hold: `file:line (id): what`."""


class ConfigError(ToplineError):
    """Say which setting or term-table row is malformed."""


class ModelError(ToplineError):
    """Say why a model folder is refused."""


class BatchError(ToplineError):
    """Say why a run over many files cannot start or go on, and that nothing whole is lost."""


class ReviewError(ToplineError):
    """Say why a review cannot start or go on, or why a change is not taken."""


class FloorError(ToplineError):
    """Say which figure fell below its floor."""
