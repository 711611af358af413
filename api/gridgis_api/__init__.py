"""The edge of gridgis: HTTP and the command line."""
