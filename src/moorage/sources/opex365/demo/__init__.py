"""A realistic and dirty Dataverse organisation, and a server that serves it as Dataverse would."""
