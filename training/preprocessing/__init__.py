"""What is done to a picture before a network sees it: the same for all (`prepare`), or at random (`augment`)."""
