"""Training: modules to read and to run, who takes which of them on, and how far everybody is.

Trainers see states, never answers; what somebody does not take is seen as not taken yet, whatever the reason.
"""
