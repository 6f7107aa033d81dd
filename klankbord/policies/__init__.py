"""A policy file comes in: its mistakes, its changes, what it would do and a page for people go out."""
