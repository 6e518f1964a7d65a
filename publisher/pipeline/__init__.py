"""The build as a table of contents: planning yields units of steps, the scheduler runs them, a commit publishes."""

from publisher.pipeline.build import Outcome, build, plan
from publisher.pipeline.site import BuildOptions

__all__ = ["BuildOptions", "Outcome", "build", "plan"]
