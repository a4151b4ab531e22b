//! What the official provider keeps in its state becomes ours.
