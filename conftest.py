"""Fixtures of every test come from `tests/`: databases, the browser, no network (see each file)."""

pytest_plugins = ["tests.databases", "tests.network", "tests.browser", "tests.academy"]
