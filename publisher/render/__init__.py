"""Page models and a theme in, HTML out."""
