"""What people see: overlay, tables, files."""
