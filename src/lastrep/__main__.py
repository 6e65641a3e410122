"""`python -m lastrep` is the `lastrep` command."""

from lastrep.apps.cli import main

if __name__ == "__main__":
    main()
