"""The loops of reach in machine code."""
