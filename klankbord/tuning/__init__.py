"""A keyword list and what is stored come in; what the list does, would do and could do better goes out."""
