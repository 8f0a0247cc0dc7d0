"""`careline init`: the hook and the settings for the PBX of this host, without overwriting anything."""
