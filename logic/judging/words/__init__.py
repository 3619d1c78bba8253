"""The words inside a name: which they are, what kind of word each is, and how alike two of them are."""
