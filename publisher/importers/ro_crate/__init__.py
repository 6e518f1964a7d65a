"""Studies described by an RO-Crate as content."""
