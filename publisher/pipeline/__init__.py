"""The build as a table of contents: planning yields units of steps, the scheduler runs them, a commit publishes."""

from publisher.pipeline.build import BuildOptions, build, plan

__all__ = ["BuildOptions", "build", "plan"]
