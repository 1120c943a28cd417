"""SOIL: helpers without rows and without a word of the domain."""
