"""A made-up franchise, and a stand-in of ClientTether that serves it."""
