"""What the user can type: each module parses its options, calls one function and reports."""
