"""What goes over the wire: pydantic shapes, made from the nouns of :mod:`gridgis.model`."""
