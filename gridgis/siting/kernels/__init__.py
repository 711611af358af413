"""The compiled loops of the search for sites; costs are sites by demands, each site's in a row."""
