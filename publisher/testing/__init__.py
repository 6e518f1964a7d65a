"""For authors of plugins and tests: conformance tests and tiny images."""
