"""madoguchi (窓口): a platform on which town halls receive, decide and answer what residents apply for."""

__version__ = "0.1.0"
