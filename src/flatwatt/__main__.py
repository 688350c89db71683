"""`python -m flatwatt`."""

from flatwatt.cli import main

if __name__ == "__main__":
    main()
