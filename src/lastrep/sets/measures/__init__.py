"""What is measured in each rep, each with how well it is known."""
