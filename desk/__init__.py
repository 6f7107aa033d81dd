"""People come in, Verdicts go out: the web desk, still an empty room."""
