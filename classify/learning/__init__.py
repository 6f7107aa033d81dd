"""Reviewers' answers come in; rows to learn from, comparisons, doubts and what to review go out. Pure."""
