"""From a config's YAML and the command line to a stage's arguments, its rows and its domain."""
