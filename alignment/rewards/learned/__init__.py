"""Rewards that a model gives: trained reward models, alone or several, and a judge that is asked."""
