"""Pages of this room: residents find a procedure, desks keep it."""
