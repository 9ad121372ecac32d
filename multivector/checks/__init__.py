"""What a careful editor asks of the tables before anything is built; `seal` records only what passes."""
