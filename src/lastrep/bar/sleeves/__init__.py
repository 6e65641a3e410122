"""Both sleeves of the bar with the plates on them, seen edge-on from the front or from behind."""
