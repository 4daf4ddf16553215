"""Benchmarks of Moorage against the limit, or a peer, in the same run."""
