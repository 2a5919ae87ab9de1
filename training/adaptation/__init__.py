"""Does correcting cells pay? A pack that never saw a source corrects some of its cells, learns, and is measured."""
