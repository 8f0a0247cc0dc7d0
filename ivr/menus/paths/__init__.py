"""Every path through a plan: what callers do, in which conditions, and where it ends. Pure."""
