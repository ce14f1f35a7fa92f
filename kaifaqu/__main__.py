"""`python -m kaifaqu`: the command line."""

from kaifaqu.cli import main

main()
