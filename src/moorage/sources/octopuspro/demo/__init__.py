"""A made-up OctopusPro bundle: any size, by seed, dirty in the ways that exports are."""
