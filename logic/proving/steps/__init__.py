"""A proof that can be read: its steps found, put into lines and cases, and written."""
