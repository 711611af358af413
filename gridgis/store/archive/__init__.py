"""Months of reports and events in files: written, proven, shown to queries, brought back.

``columns`` from tables to Parquet and back; ``files`` written whole, trusted only by their hash;
``catalogue`` which months lie in which files; ``showing`` lets a transaction's queries see archived
rows; ``moving`` takes a month out of the database and back; ``guards`` refuse changes to it.

Assignments, holders and the numbers of reports stay in the database.
"""
