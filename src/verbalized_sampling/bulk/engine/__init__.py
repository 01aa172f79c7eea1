"""The engine of jobs: many plans at once, each call through a journal, so that nothing is asked twice."""
