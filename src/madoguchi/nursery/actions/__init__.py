"""The acts of this room, named by the office's verbs."""
