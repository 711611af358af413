"""The frames that maps and documents are made of, and the columns that each must have.

Every geometry is EPSG:4326, lon/lat. The frames are read, never changed.
"""
