"""Every path of a plan is walked before callers do: in the simulator, or by real calls on the PBX."""
