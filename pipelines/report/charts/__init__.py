"""Charts as inline SVG.

Colours and dashes come from the page's style sheet, so they follow light and dark.
"""
