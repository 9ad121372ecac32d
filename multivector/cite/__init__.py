"""What can be pointed at, and how: addresses, the typed bibliography, citations in each format."""
