"""A generator of realistic and dirty Krayin databases, for tests, load trials and demonstrations."""
