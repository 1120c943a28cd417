"""Papers: templates for typst, the fonts they are printed in, and the typesetter that runs in a process of its own."""
