"""What infrastructure puts on the pages of other registers."""


def declare() -> None:
    """Declare the sections."""
