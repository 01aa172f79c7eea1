"""What must work where this package is installed alone: run on its wheel, with pytest and nothing else beside it."""

from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_verbalized_sampling import DistributionSampler, VerbalizedSampling, VerbalizedSamplingOutputParser

REPLY = '{"responses": [{"text": "tea", "probability": 0.3}, {"text": "mate", "probability": 0.1}]}'


def test_a_chain_gives_a_distribution_and_draws_from_it():
    chain = VerbalizedSampling(FakeListChatModel(responses=[REPLY]), k=2)
    assert [candidate.text for candidate in chain.invoke("What to drink?")] == ["tea", "mate"]
    assert (chain | DistributionSampler(seed=1)).invoke("What to drink?") in {"tea", "mate"}


def test_the_parser_ends_a_chain_that_exists():
    chain = FakeListChatModel(responses=[REPLY]) | StrOutputParser() | VerbalizedSamplingOutputParser()
    assert chain.invoke("What to drink?").argmax().text == "tea"
