"""The command about models that others have trained."""
