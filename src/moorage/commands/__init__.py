"""One plain function per verb: the only place where the rooms meet."""
