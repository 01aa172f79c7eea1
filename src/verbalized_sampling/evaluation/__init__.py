"""Does it work here? Diversity, calibration and cost, as numbers whose definitions are exact.

:func:`compare` asks the same prompts by several methods, :func:`compare_saved` takes replies that exist, and
:func:`diversity` measures texts that you have. Everything here needs the extra ``[eval]``, and says so.
"""

from ..values.metrics import unseen_mass
from .compare import acompare, compare
from .comparison import Comparison
from .dialogue import Dialogue, Line, Speaker, asimulate_dialogue, simulate_dialogue
from .draws import Draw
from .estimate import Difference, Estimate
from .judges import Judge, RubricJudge, rubric_judge
from .left import Left
from .metrics.calibration import ReliabilityBin, brier_score, expected_calibration_error, reliability_table
from .metrics.counting import chao1, coverage_n, duplicate_rate, effective_size, entropy, precision, unique_recall
from .metrics.divergence import (
    ChiSquare,
    average_distribution,
    chi_square_uniform,
    kl_divergence,
    kl_to_uniform,
    ks_distance,
    l1_distance,
)
from .metrics.diversity import Diversity, diversity
from .metrics.embedders import Embedder, EmbedderLike, embedder_of
from .metrics.lexical import distinct_n, mean_distinct_n, mean_rouge_l, pairwise_rouge_l, rouge_l
from .metrics.semantic import semantic_diversity, vendi_score
from .metrics.theory import TypicalityBias, sharpen, typicality_bias
from .plans import Plans, plans
from .saved import compare_saved

__all__ = [
    "ChiSquare",
    "Comparison",
    "Dialogue",
    "Difference",
    "Diversity",
    "Draw",
    "Embedder",
    "EmbedderLike",
    "Estimate",
    "Judge",
    "Left",
    "Line",
    "Plans",
    "ReliabilityBin",
    "RubricJudge",
    "Speaker",
    "TypicalityBias",
    "acompare",
    "asimulate_dialogue",
    "average_distribution",
    "brier_score",
    "chao1",
    "chi_square_uniform",
    "compare",
    "compare_saved",
    "coverage_n",
    "distinct_n",
    "diversity",
    "duplicate_rate",
    "effective_size",
    "embedder_of",
    "entropy",
    "expected_calibration_error",
    "kl_divergence",
    "kl_to_uniform",
    "ks_distance",
    "l1_distance",
    "mean_distinct_n",
    "mean_rouge_l",
    "pairwise_rouge_l",
    "plans",
    "precision",
    "reliability_table",
    "rouge_l",
    "rubric_judge",
    "semantic_diversity",
    "sharpen",
    "simulate_dialogue",
    "typicality_bias",
    "unique_recall",
    "unseen_mass",
    "vendi_score",
]
