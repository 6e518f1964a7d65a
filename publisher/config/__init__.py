"""site_config.yaml in, frozen validated sections out."""
