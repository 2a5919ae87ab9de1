"""The cell classifier: cell type, and blast or not among lymphoid cells."""
