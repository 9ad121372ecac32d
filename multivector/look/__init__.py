"""What a reader sees: figures, maps, charts and tables as HTML."""
