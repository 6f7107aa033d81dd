"""What happened comes in; who is told of it, over what and when, goes out. Pure."""
