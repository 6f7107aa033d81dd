"""The written posts that ship with the project: what the model learns from and what it is measured on."""

from classify.corpus.loading import Corpus, Example, load

__all__ = ["Corpus", "Example", "load"]
