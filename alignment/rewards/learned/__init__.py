"""Rewards that a model gives: trained reward models, alone or several, a judge that is asked, a translator."""
