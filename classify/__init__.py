"""A Mention and a Policy come in, Findings go out."""
