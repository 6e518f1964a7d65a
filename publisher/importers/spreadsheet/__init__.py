"""Tables that people keep of their images as content."""
