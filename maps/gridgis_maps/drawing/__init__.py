"""How the figures become a page: shapes, colours, texts, and the sheet they lie on."""
