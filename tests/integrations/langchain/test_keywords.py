"""What nothing takes is refused, by the name of what was called."""

from __future__ import annotations

import langchain_verbalized_sampling as package
import pytest
from langchain_core.runnables import RunnableLambda

SEARCH = RunnableLambda(lambda _: [])
MADE = {
    "DistributionArgmax": (),
    "DistributionJudge": ("model", "Short."),
    "DistributionMajority": (),
    "DistributionSampler": (),
    "DistributionToState": (),
    "DistributionTop": (2,),
    "VerbalizedQueryRetriever": (SEARCH, "model"),
    "VerbalizedSampling": ("model",),
    "VerbalizedSamplingMiddleware": (),
    "VerbalizedSamplingOutputParser": (),
    "VerbalizedSamplingTool": ("model",),
}


@pytest.mark.parametrize("name", MADE)
def test_a_wrong_keyword_is_named(scripted, name):
    given = [scripted("x") if one == "model" else one for one in MADE[name]]
    getattr(package, name)(*given)
    with pytest.raises(TypeError, match=r"^Verbalized|^Distribution") as caught:
        getattr(package, name)(*given, wrong=1)
    assert "takes no 'wrong'" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "wrong", "advice"),
    [
        ("VerbalizedSampling", "num_candidates", "did you mean k?"),
        ("VerbalizedSampling", "temperature", "that is a setting of the model"),
        ("VerbalizedSamplingTool", "kk", "did you mean k?"),
        ("VerbalizedSamplingMiddleware", "threshold", "did you mean tau?"),
        ("VerbalizedQueryRetriever", "original_weigth", "did you mean original_weight?"),
        ("DistributionSampler", "seeds", "did you mean seed?"),
    ],
)
def test_what_was_meant_is_said(scripted, name, wrong, advice):
    given = [scripted("x") if one == "model" else one for one in MADE[name]]
    with pytest.raises(TypeError) as caught:
        getattr(package, name)(*given, **{wrong: 1})
    assert str(caught.value).endswith(advice)
