"""Tests of the Japanese engine."""
