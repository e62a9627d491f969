"""`python -m sandbox.demo`, which is `banqup-exact demo`."""

from sandbox import entry

if __name__ == "__main__":
    entry.run("sandbox.demo.command", name="banqup-exact demo")
