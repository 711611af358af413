"""Addresses to places, file to file: what is sure is answered, what is not is put to a person."""
