from __future__ import annotations

from contextlib import ExitStack

import pytest

from ...serving import running


@pytest.fixture
def serve():
    """Starts servers, which end with the test."""
    with ExitStack() as stack:
        yield lambda *model, **settings: stack.enter_context(running(*model, **settings))
