"""The figures that the maps show: pure functions, frames in, frames out."""
