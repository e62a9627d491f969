"""`python -m sandbox`, which is `banqup-exact sandbox`."""

from sandbox import entry

if __name__ == "__main__":
    entry.run("sandbox.command", name="banqup-exact sandbox")
