"""How findings are put into words: pure functions over the texts of ``data/replies``."""
