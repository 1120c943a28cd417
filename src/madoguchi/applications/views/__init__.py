"""Entrances of this room: residents' pages and the desk's."""
