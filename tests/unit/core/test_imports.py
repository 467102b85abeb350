"""The state of an incident is imported without what only the edges need: that is what makes a command start soon."""

import json
import subprocess
import sys

import pytest

# What reads YAML, checks signatures and explains what is wrong with a document.
HEAVY = ("yaml", "jwt", "cryptography", "jsonschema")
PURE = ("ioc.incident.state", "ioc.catalogue.city", "ioc.incident.own_events", "ioc.sla.clocks")


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_loads_nothing_heavy(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if name in json.loads(answer.stdout)] == []
