"""`python -m zachetka` is the command `zachetka`."""

from zachetka.cli import main

main()
