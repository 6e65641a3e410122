"""Training as a plan: prescriptions, rest, the next set, history, and how often failure is wise."""
