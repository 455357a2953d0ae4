"""What administrators see and do through the service."""
