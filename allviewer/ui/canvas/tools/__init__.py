"""What the mouse does on the picture: one file a tool."""
