"""Nursery placement (利用調整): points, assignment over families, independent check, explanation, simulation. No Django, no network."""
