"""Words in, words out: every verb of `moorage`, in thin functions over `moorage.commands`."""
