"""`ioc demo`: a whole centre on this machine, and a day in Huế played through it."""

from console.demo.runner import Demo, DemoFailure, Script, announcement, detach, running, stop

__all__ = ["Demo", "DemoFailure", "Script", "announcement", "detach", "running", "stop"]
