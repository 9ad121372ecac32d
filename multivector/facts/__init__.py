"""What is known: tables with their descriptions and sources, dates, names, memberships, shapes, quotations."""
