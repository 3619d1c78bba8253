"""Stories as one answer: the rows whose prompt is a whole story."""
