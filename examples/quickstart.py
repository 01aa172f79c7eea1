"""A distribution over answers, and what can be done with it."""

from verbalized_sampling import verbalize

distribution = verbalize("Suggest a name for a cat", k=5, words=3, seed=1)

for candidate in distribution:  # the most probable first
    print(f"{candidate.probability:.2f}  {candidate.text}")

print("drawn by weight:", distribution.sample(seed=42))
print("most probable:  ", distribution.argmax())
print("three at once:  ", [str(c) for c in distribution.sample(3, seed=42, replace=False)])
print("as if", round(distribution.effective_size(), 1), "of them were equally probable")

flatter = distribution.reweight(temperature=2.0)
print("flattened:      ", [round(c.probability, 2) for c in flatter])
