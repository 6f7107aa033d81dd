"""Findings come in; a digest, an alert and the channels that carry them go out."""
