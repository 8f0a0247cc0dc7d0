"""`python -m ivr` is `careline`."""

from ivr.cli import main

main()
