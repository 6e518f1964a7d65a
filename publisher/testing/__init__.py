"""For tests of publisher and of its plugins: a conformance suite for readers, and builders of tiny images."""
