"""Words -> place: addresses, buildings, compounds and streets, found without any network."""
