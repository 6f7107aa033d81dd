"""A small web of written posts about one fictional organisation is served, read and told of, end to end."""
