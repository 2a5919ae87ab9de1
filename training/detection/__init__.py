"""The detection network: red cells, white cells and platelets as boxes, at a coarse scale."""
