"""Processes that judge and can be killed."""
