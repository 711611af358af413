"""After the case: what the resident says of it, and which cases are looked at again."""
