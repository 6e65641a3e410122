"""The plate's disc, seen from the side or obliquely: detected, measured and tracked."""
