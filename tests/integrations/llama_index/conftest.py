from __future__ import annotations

from collections.abc import Iterator

import pytest
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler

from .support import BagOfWords, corpus_nodes


class Recorder(BaseEventHandler):
    events: list[BaseEvent] = []

    def handle(self, event: BaseEvent, **kwargs: object) -> None:
        self.events.append(event)

    def of(self, name: str) -> list[BaseEvent]:
        return [event for event in self.events if event.class_name() == name]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Every event that is dispatched during the test."""
    recorder, root = Recorder(events=[]), get_dispatcher()
    root.add_event_handler(recorder)
    yield recorder
    root.event_handlers.remove(recorder)


@pytest.fixture
def spans() -> Iterator[SimpleSpanHandler]:
    handler, root = SimpleSpanHandler(), get_dispatcher()
    root.add_span_handler(handler)
    yield handler
    root.span_handlers.remove(handler)


@pytest.fixture(scope="session")
def index() -> VectorStoreIndex:
    return VectorStoreIndex(nodes=corpus_nodes(), embed_model=BagOfWords())


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    before = Settings._llm, Settings._embed_model
    yield
    Settings._llm, Settings._embed_model = before
