"""`folalign verify --class`: the answers of a class of students, graded one by one and as a whole."""
