"""A made-up Klipy: a stand-in of its API, and the files that such a workspace would hand over."""
