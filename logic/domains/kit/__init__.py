"""What every domain uses: the class of domains, their grammars, and what is checked when one is loaded."""
