"""The process that draws the pages of PDFs which strangers sent; it imports nothing of ours and holds no key."""
