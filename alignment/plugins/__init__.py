"""The judge in other people's stacks: one module for each, none of which needs torch.

Each imports the stack it is for, and nothing here imports another. docs/plugins.md says which line
to paste where.
"""
