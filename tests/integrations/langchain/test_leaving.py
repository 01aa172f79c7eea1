"""Who leaves a stream before its end pays for no more of it."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.runnables import ConfigurableField
from langchain_verbalized_sampling import VerbalizedSampling


@pytest.fixture
def watched(tool_calling, as_reply):
    """Makes models that tell how much of their reply was taken, and whether it was let go."""

    class Watched(type(tool_calling("?"))):
        taken: list[str] = []

        def _stream(self, *args, **kwargs):
            try:
                for chunk in super()._stream(*args, **kwargs):
                    self.taken.append(str(chunk.text))
                    yield chunk
            finally:
                self.taken.append("let go")

        async def _astream(self, *args, **kwargs):
            try:
                async for chunk in super()._astream(*args, **kwargs):
                    self.taken.append(str(chunk.text))
                    yield chunk
            finally:
                self.taken.append("let go")

    return lambda: Watched(replies=[as_reply(*((f"Name {number}", 0.1) for number in range(10)))], taken=[])


def chains(model):
    yield VerbalizedSampling(model, k=10, structured="never")
    yield VerbalizedSampling(model, k=10)
    yield VerbalizedSampling(model, k=10, diff=True)
    yield VerbalizedSampling(model.configurable_fields(temperature=ConfigurableField(id="t")), k=10)


@pytest.mark.parametrize("place", range(4))
async def test_the_models_call_ends_with_the_stream(watched, place):
    for asynchronous in (False, True):
        model = watched()
        sampling = list(chains(model))[place]
        if asynchronous:
            stream = sampling.astream("Names")
            await anext(stream)
            await stream.aclose()
            await asyncio.sleep(0.01)  # what LangChain itself has put around the model ends a little later
        else:
            stream = sampling.stream("Names")
            next(stream)
            stream.close()
        assert model.taken[-1] == "let go"
        assert "Name 2" not in "".join(model.taken)
