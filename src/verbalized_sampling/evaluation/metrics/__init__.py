"""Metrics with exact definitions: diversity, calibration, divergence, and counts."""
