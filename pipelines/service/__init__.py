"""`folalign serve`: the judge over HTTP, and a page for people."""
