"""What a smear is: regions, masks, cells, classes and edits. Only the standard library and numpy."""
